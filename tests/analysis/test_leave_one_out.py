import numpy as np
import pytest

from akb.analysis.leave_one_out import leave_one_out


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
