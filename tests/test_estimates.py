import numpy as np
import pytest
from scipy import stats

from akb.estimates import effective_items, holm, jackknife, mean_by_item, pearson, spearman, wilson


def test_wilson_agrees_with_the_textbook():
    assert wilson(81, 263) == pytest.approx((0.2553, 0.3662), abs=1e-4)  # Newcombe (1998), table I


def test_wilson_stays_within_zero_and_one():
    assert wilson(0, 10)[0] == 0
    assert wilson(10, 10)[1] == 1


def test_paired_interval_covers_the_true_gain():
    rng = np.random.default_rng(1)
    truth, covered = 0.10, 0
    for trial in range(300):
        differences = rng.choice([-1, 0, 1], p=[0.15, 0.60, 0.25], size=200)
        estimate = mean_by_item(differences, seed=trial)
        covered += estimate.low <= truth <= estimate.high
    assert 0.91 <= covered / 300 <= 0.99


def test_multinomial_bootstrap_is_the_bootstrap():
    rng = np.random.default_rng(2)
    differences = rng.choice([-1, -1 / 3, 0, 1 / 3, 1], size=120)
    plain = rng.choice(differences, size=(20_000, 120)).mean(axis=1)
    estimate = mean_by_item(differences, seed=3)
    assert (estimate.low, estimate.high) == pytest.approx(tuple(np.quantile(plain, [0.025, 0.975])), abs=0.01)


def test_equal_differences_do_not_claim_certainty():
    estimate = mean_by_item([0.0] * 20, seed=0)
    assert estimate.low < 0 < estimate.high


def test_the_same_seed_gives_the_same_interval():
    assert mean_by_item([0, 1, 1, -1, 0.5], seed=7) == mean_by_item([0, 1, 1, -1, 0.5], seed=7)


def test_fisher_interval_of_a_known_correlation():
    rng = np.random.default_rng(4)
    x = rng.normal(size=50)
    y = x + rng.normal(size=50)
    found = pearson(x.tolist(), y.tolist())
    z, reach = np.arctanh(found.value), 1.959964 / np.sqrt(47)
    assert (found.low, found.high) == pytest.approx((np.tanh(z - reach), np.tanh(z + reach)))


def test_three_points_have_no_interval():
    found = pearson([1, 2, 3], [1, 2, 4])
    assert found.value is not None and found.low is None and found.high is None


@pytest.mark.parametrize("x", [[1.0], [2.0, 2.0, 2.0, 2.0]])
def test_no_correlation_without_variation(x):
    assert pearson(x, list(range(len(x)))).value is None


def test_ranks_ignore_a_monotone_bend():
    x = [1.0, 2, 3, 4, 5, 6]
    assert spearman(x, [v**3 for v in x]).value == pytest.approx(1)


@pytest.mark.parametrize(("correct", "n"), [(0, 7), (3, 7), (7, 7), (812, 2000)])
def test_wilson_agrees_with_scipy(correct, n):
    other = stats.binomtest(correct, n).proportion_ci(method="wilson")
    assert wilson(correct, n) == pytest.approx((other.low, other.high))


def test_perfect_ranks_do_not_claim_certainty():
    """Five models of a true correlation of 0.9 stand in perfect order in one sample of four."""
    found = spearman([1, 2, 3, 4, 5], [2, 3, 4, 5, 9])
    assert (found.value, found.high) == pytest.approx((1, 1))
    assert 0.3 < found.low < 0.9
    line = pearson([1, 2, 3, 4, 5], [2, 4, 6, 8, 10])
    assert line.low < 0.9 and line.high == 1
    down = spearman([1, 2, 3, 4, 5], [5, 4, 3, 2, 1])
    assert (down.low, down.high) == pytest.approx((-found.high, -found.low), abs=0.05)


def test_clustered_bootstrap_covers_where_items_share_a_unit():
    rng, covered, plain = np.random.default_rng(8), 0, 0
    units = np.repeat(np.arange(40), 5)
    for trial in range(200):
        values = np.sign(rng.normal(0.3, 0.8, 40)[units] + rng.normal(size=200))
        truth = 2 * stats.norm.cdf(0.3 / np.sqrt(1.64)) - 1
        for unit, count in ((units, "covered"), (None, "plain")):
            found = mean_by_item(values, trial, unit)
            if count == "covered":
                covered += found.low <= truth <= found.high
            else:
                plain += found.low <= truth <= found.high
    assert 0.91 <= covered / 200 <= 0.99
    assert plain < covered - 15


def test_items_that_stand_alone_are_worth_themselves():
    marks = np.random.default_rng(1).integers(0, 2, 50).astype(float)
    assert effective_items(marks, np.arange(50)) == (pytest.approx(50), np.inf)
    assert effective_items(np.ones(50), np.repeat(np.arange(10), 5))[0] == 10


def test_holm_s_corrected_values():
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])


def test_a_jackknife_of_a_mean_is_student_s_interval():
    values = np.random.default_rng(2).normal(size=9)
    found = jackknife(lambda kept: float(values[kept].mean()), 9)
    expected = stats.t.interval(0.95, 8, values.mean(), stats.sem(values))
    assert found == pytest.approx(expected)
