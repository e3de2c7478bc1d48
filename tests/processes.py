"""Processes that tests start, wait for and end."""

import os
import signal
import subprocess
import time

import psutil


def start(command, folder, environment, **options):
    """A process in a session of its own, what it says in a pipe. options: of Popen."""
    usual = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True, "start_new_session": True}
    return subprocess.Popen(command, cwd=folder, env=environment, **usual | options)


def until(condition, seconds=180, process=None):
    """Wait for a condition. AssertionError where it does not come in time, or the process has ended before it did."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert process is None or process.poll() is None, process.communicate()[0]
        assert time.monotonic() < deadline, "it did not come"
        time.sleep(0.02)


def finish(process, code=0):
    """What a process says until it ends, which has to be with this exit code and without a stack trace."""
    said, _ = process.communicate(timeout=180)
    assert process.returncode == code and "Traceback" not in said, said
    return said


def end(process, number=signal.SIGKILL):
    """Send a signal to all processes of a session; what the first of them, which has to end by it, said."""
    os.killpg(process.pid, number)
    return process.communicate(timeout=60)[0]


def alive(number):
    """Is there a process of this number that still runs?"""
    try:
        return psutil.Process(number).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
