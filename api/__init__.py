"""What people see and ask: HTTP routes, the live stream, sign-in, the console."""
