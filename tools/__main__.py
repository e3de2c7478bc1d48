"""Start of `python -m tools`."""

import signal
import sys

from tools.command import MODULES, listing, start

if __name__ == "__main__":
    name, *arguments = sys.argv[1:] or ["--help"]
    if name in MODULES:
        start(name, arguments)
    elif name in ("-h", "--help"):
        signal.signal(signal.SIGPIPE, signal.SIG_DFL)  # `| head` reads no more than it shows
        print(listing())
    else:
        sys.stderr.write(f"error: there is no command '{name}'; `python -m tools` lists all\n")
        sys.exit(2)
