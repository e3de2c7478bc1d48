"""Start of `python -m tools.own`, see command.py: to be stopped is no error, not even while libraries load."""

import sys

try:
    from tools.own.command import main

    main()
except KeyboardInterrupt:
    sys.exit("stopped; the same command takes up from there")
