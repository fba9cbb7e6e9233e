"""What several test folders share: a real server process, a real browser, network namespaces."""
