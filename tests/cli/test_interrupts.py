"""Ctrl-C in a process of its own: the first in good order, a later one at once."""

import signal
import subprocess
import sys

import pytest

from tenfold.cli.interrupts import interruptible

PROGRAM = """
import os, signal, sys, time
from tenfold.cli.interrupts import interruptible

signal.signal(signal.SIGINT, signal.default_int_handler)
with interruptible():
    try:
        os.kill(os.getpid(), signal.SIGINT)
        time.sleep(10)
    except KeyboardInterrupt:
        time.sleep(float(sys.argv[1]))
        os.kill(os.getpid(), signal.SIGINT)
        print("in good order", flush=True)
"""


@pytest.mark.parametrize(("later", "code", "printed"), [("0", 0, "in good order\n"), ("0.6", 130, "")])
def test_a_second_one_ends_at_once_unless_it_is_the_same(later, code, printed):
    """What the first one set going is not broken off by its echo; somebody who asks again is not kept waiting."""
    done = subprocess.run([sys.executable, "-c", PROGRAM, later], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (code, printed, "")


@pytest.mark.parametrize("handler", [signal.SIG_IGN, lambda *_: None])
def test_who_handles_it_already_goes_on(handler):
    """A shell's background jobs begin with it ignored; a program that embeds this one may have its own way."""
    before = signal.signal(signal.SIGINT, handler)
    try:
        with interruptible():
            assert signal.getsignal(signal.SIGINT) is handler
    finally:
        signal.signal(signal.SIGINT, before)
