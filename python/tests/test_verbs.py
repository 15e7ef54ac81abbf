"""train, check and selftest as functions, with the options of the command line."""
import pathlib

import pytest

import orogen


def test_train_answers_with_a_model_and_its_errors(copper_training):
    assert copper_training["finished"]
    assert pathlib.Path(copper_training["model"]).is_file() and pathlib.Path(copper_training["report"]).is_file()
    assert "validation" in copper_training["text"]


def test_check_counts_frames_and_atoms(copper_file, tmp_path):
    census = orogen.check(copper_file, out=tmp_path)
    assert "24" in census["text"] and (tmp_path / "census.json").is_file()


def test_selftest_passes_for_the_trained_model_and_makes_its_folder(copper_model, copper_file, tmp_path):
    assert "text" in orogen.selftest(model=copper_model, structure=copper_file, out=tmp_path / "a" / "b")
    assert (tmp_path / "a" / "b" / "report.html").is_file()


def test_options_are_described_with_units():
    text = orogen.options("train")
    assert "cutoff" in text and "Å" in text


def test_all_problems_of_a_call_are_told_together():
    with pytest.raises(orogen.InputError) as error:
        orogen.train(dat="x.xyz", epochs="many", learning_rate=7)
    for part in ('did you mean "data"', "epochs", "learning_rate", "data is missing"):
        assert part in str(error.value)


def test_missing_files_and_foreign_values_are_refused(tmp_path):
    with pytest.raises(orogen.InputError, match="nowhere.xyz"):
        orogen.check(tmp_path / "nowhere.xyz")
    with pytest.raises(orogen.InputError, match="expected a number, a text"):
        orogen.train(data={"a": 1})
    with pytest.raises(orogen.InputError, match="unknown verb"):
        orogen.options("trian")


def test_an_exception_in_progress_stops_training_and_the_same_call_goes_on(copper_file, tmp_path):
    class Enough(Exception):
        pass

    def stop(stage, done, total, line):
        if stage == "train" and done > 0:
            raise Enough(line)

    call = dict(data=copper_file, out=tmp_path, model="fast", features=8, hidden=16, cutoff=4.5, epochs=40, threads=1)
    with pytest.raises(Enough):
        orogen.train(**call, progress=stop)
    assert list(tmp_path.glob("checkpoint-*")) and not (tmp_path / "model.safetensors").exists()
    assert orogen.train(**call)["finished"]


def test_nothing_is_printed(copper_file, capfd):
    orogen.check(copper_file)
    seen = capfd.readouterr()
    assert seen.out == "" and seen.err == ""
