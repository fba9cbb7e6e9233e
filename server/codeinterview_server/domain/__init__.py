"""What an interview is, in values and rules; knows nothing but the standard library."""
