"""Start of `python -m tools.own`, see command.py: stopped before anything is written it ends there and then.

A KeyboardInterrupt would be lost in what TensorFlow calls while it loads, and all that follows would run.
"""

import signal
import sys

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    from tools.own.command import main

    try:
        main()
    except KeyboardInterrupt:
        sys.exit("stopped; the same command takes up from there")
