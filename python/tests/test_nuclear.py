"""Two nucleons as functions, against numbers of an independent implementation."""
import numpy as np
import pytest

import orogen
import orogen.nuclear as nn


def test_phases_are_arrays_in_degrees():
    answer = nn.phases(force="emn-n2lo", cutoff=500, energies=[1.0, 50.0], most_J=2)
    np.testing.assert_allclose(answer["T_lab_MeV"], [1, 50])
    assert answer["1S0_deg"][1] == pytest.approx(40.00743, abs=2e-4)
    assert "3F2_deg" in answer and "3D3_deg" not in answer


def test_phases_with_out_leave_a_table_and_a_report(tmp_path):
    answer = nn.phases(energies=np.array([10.0, 100.0]), out=tmp_path)
    assert (tmp_path / "phases.csv").is_file() and (tmp_path / "report.html").is_file()
    assert answer["csv"] == str(tmp_path / "phases.csv")


def test_the_deuteron_of_v18_is_bound_by_2_2245744_MeV():
    assert nn.deuteron(force="av18em")["energy"] == pytest.approx(-2.2245744, abs=1e-6)


def test_observables_have_columns_with_units():
    answer = nn.observables(force="av18", energy=50, angles=[30, 90])
    assert answer["angular"]["dsg_mb_per_sr"].shape == (2,)
    assert answer["total"]["sgt_mb"][0] == pytest.approx(167.8, abs=1)


def test_bad_input_and_unbound_nucleons_raise():
    with pytest.raises(orogen.InputError, match='did you mean "av18"'):
        nn.phases(force="av81")
    with pytest.raises(orogen.NumericalError, match="no bound state"):
        nn.deuteron(force="emn-lo", lecs=[1, 1, 1, 1])


def test_options_of_a_verb_of_two_words_are_described():
    assert "MeV" in orogen.options("nuclear phases")


def test_samples_of_1S0_have_the_known_width(tmp_path):
    (tmp_path / "p.csv").write_text("T_lab_MeV,1S0_deg,1S0_err_deg\n1,62.0766,0.0183\n5,63.6604,0.0440\n10,60.0201,0.0626\n"
                                    "25,51.0708,0.0987\n50,40.8849,0.1473\n100,27.2101,0.2305\n")
    answer = nn.sample(data=tmp_path / "p.csv", order="nlo", waves=["1S0"], kept_apart=0, samples=300, warm_up=200, out=tmp_path / "s")
    assert answer["constants"]["C_1S0"]["natural_sd"] == pytest.approx(0.079, abs=0.02)
    assert (tmp_path / "s" / "samples.csv").is_file()


def test_a_sampled_size_of_omitted_orders_has_quantiles(tmp_path):
    (tmp_path / "p.csv").write_text("T_lab_MeV,1S0_deg,1S0_err_deg\n1,62.0766,0.0183\n5,63.6604,0.0440\n10,60.0201,0.0626\n"
                                    "25,51.0708,0.0987\n50,40.8849,0.1473\n100,27.2101,0.2305\n")
    words = dict(data=tmp_path / "p.csv", order="nlo", waves=["1S0"], kept_apart=0, samples=300, warm_up=200, out=tmp_path / "s")
    size = nn.sample(**words, marginalise=True)["c_bar"]
    assert 0 < size["q2_5"] < size["median"] < size["q97_5"]
    with pytest.raises(orogen.InputError, match="marginalise was true, is false now"):
        nn.sample(**words)
    assert nn.sample(**words, restart=True)["c_bar"] == 1


def test_a_committee_has_spreads(tmp_path):
    curves = nn.observables(force="av18", energy=[50, 150], angles=[30, 90, 150], observables=["dsg"])["angular"]
    rows = ["exp_id,pair,observable,year,reference,sys_err_rel,rejected,T_lab_MeV,theta_cm_deg,value,stat_err"]
    for T, angle, value in zip(*(curves[c] for c in ("T_lab_MeV", "theta_cm_deg", "dsg_mb_per_sr"))):
        rows.append(f"{int(T)},np,dsg,2000,none,0,0,{T},{angle},{value},{0.01 * value}")
    (tmp_path / "data.csv").write_text("\n".join(rows) + "\n")
    nn.phases(force="av18", out=tmp_path / "p")
    answer = nn.fit(data=tmp_path / "data.csv", phases=tmp_path / "p" / "phases.csv", kept_apart=0, width=4, phase_steps=3, steps=1,
                    members=2, out=tmp_path / "f")
    assert answer["force"].endswith("committee.json") and answer["members"] == 2
    phases = nn.phases(force=answer["force"], energies=[50, 100], most_J=1)
    assert (phases["3S1_spread_deg"] > 0).all() and phases["3S1_spread_deg"].shape == phases["3S1_deg"].shape
    assert nn.deuteron(force=answer["force"])["energy_spread"] > 0
