"""Potentials in forked children, in pickles, and waiting for other programs."""
import multiprocessing
import os
import pickle
import signal
import sys
import threading
import time

import pytest

import orogen


def test_a_forked_child_computes_with_threads_of_its_own(copper_model, copper):
    potential = orogen.Potential(copper_model, threads=3)
    expected = potential.evaluate(copper).energy
    reader, writer = multiprocessing.Pipe(duplex=False)
    child = multiprocessing.get_context("fork").Process(target=lambda: writer.send(potential.evaluate(copper).energy))
    child.start()
    try:
        assert reader.poll(30), "the child hangs"
        assert reader.recv() == expected
    finally:
        child.kill()
        child.join()


def test_a_pickled_potential_finds_its_file_from_another_folder(copper_model, copper, tmp_path, monkeypatch):
    monkeypatch.chdir(os.path.dirname(copper_model))
    potential = orogen.Potential(os.path.basename(copper_model))
    pickled = pickle.dumps(potential)
    monkeypatch.chdir(tmp_path)
    assert pickle.loads(pickled).evaluate(copper).energy == pytest.approx(potential.evaluate(copper).energy)


def seconds_until_interrupted(potential):
    """Ctrl-C a moment after the call has begun."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job starts with the signal ignored
    begun = time.monotonic()
    threading.Timer(0.3, lambda: os.kill(os.getpid(), signal.SIGINT)).start()
    with pytest.raises(KeyboardInterrupt):
        potential.evaluate([1], [[0, 0, 0]])
    return time.monotonic() - begun


def test_ctrl_c_ends_the_wait_for_clients(tmp_path):
    potential = orogen.Potential("ipi", **{"ipi.address": f"unix:{tmp_path}/socket", "ipi.wait": 20})
    assert seconds_until_interrupted(potential) < 10


def test_ctrl_c_ends_the_wait_for_a_command(tmp_path):
    sleep = f"{sys.executable} -c 'import time; time.sleep(20)' {{in}} {{out}}"
    potential = orogen.Potential("command", **{"command": sleep, "oracle.scratch": tmp_path})
    assert seconds_until_interrupted(potential) < 15
    assert not list(tmp_path.iterdir())
