import numpy as np
import pytest

from akb.analysis.leave_one_out import leave_one_out, noise_floor, prediction


def test_a_straight_line_is_predicted_without_error():
    x = np.arange(8.0)[:, None]
    assert leave_one_out(x, 3 + 2 * x[:, 0]) == pytest.approx(3 + 2 * x[:, 0])


def test_without_predictors_it_is_the_mean_of_the_others():
    y = np.array([1.0, 2, 6])
    assert leave_one_out(np.empty((3, 0)), y) == pytest.approx([4, 3.5, 1.5])


def test_the_left_out_model_does_not_see_itself():
    x, y = np.arange(6.0)[:, None], np.arange(6.0)
    changed = y.copy()
    changed[2] = 100
    assert leave_one_out(x, changed)[2] == pytest.approx(leave_one_out(x, y)[2])


def test_with_families_left_out_no_relative_gives_a_model_away():
    y = np.array([1.0, 1, 5, 5, 9, 9])
    assert leave_one_out(np.empty((6, 0)), y, list("aabbcc")) == pytest.approx([7, 7, 5, 5, 3, 3])
    assert leave_one_out(np.empty((6, 0)), y)[0] == pytest.approx(5.8)


def test_the_noise_floor_is_the_mean_absolute_error_of_measuring():
    rng = np.random.default_rng(0)
    assert noise_floor([2.0]) == pytest.approx(np.abs(rng.normal(0, 2, 100_000)).mean(), rel=0.02)


def test_a_prediction_is_two_sided_and_says_what_chance_orders():
    x = np.arange(8.0)[:, None]
    row = prediction(x, 3 + 2 * x[:, 0] + np.array([0.1, -0.1] * 4), list(range(8)))
    assert row["saved"] > 0 and row["saved_p"] < 0.01
    assert (row["pairs_right"], row["pairs"]) == (28, 28)
    assert row["order_p"] < 0.001
    tied = prediction(np.array([0.0, 0, 1, 1, 2, 2])[:, None], np.array([1.0, 2, 1, 2, 1, 2]), list("abcdef"))
    assert tied["pairs_right"] == pytest.approx(7.5)  # pairs that tie are half right, as by lot
