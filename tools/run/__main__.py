"""Start of `python -m tools.run`, see command.py: stopped while libraries load it ends there and then.

A KeyboardInterrupt in an import would print a stack trace.
"""

import signal

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tools.run.command import main

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    main()
