"""What people say of the app: barriers, mistakes, wishes. The operator reads and answers it."""
