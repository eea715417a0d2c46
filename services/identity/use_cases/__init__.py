"""What identity does, a module for each topic. ``(command, uow)``; what needs several transactions takes ``units``."""
