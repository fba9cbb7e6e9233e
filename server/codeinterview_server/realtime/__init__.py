"""The live room: documents, awareness, sockets' outboxes, the hub of rooms and the journal."""
