"""Amazon EC2: the refusals and dependencies that moto leaves out and that decide whether a private network works."""
