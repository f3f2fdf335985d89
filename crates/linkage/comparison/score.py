"""Scores weighed pairs against the truth: score.py PAIRS.csv TRUTH.csv. Prints the best F1, recall where precision is at
least 99 %, and what the weights themselves promise at the threshold chosen for 99 %: expected and achieved precision."""

import sys

import numpy as np
import pandas as pd


def score(pairs, truth):
    pairs = pairs.sort_values("score", ascending=False, kind="stable")
    known = pd.MultiIndex.from_frame(truth)
    hit = pd.MultiIndex.from_frame(pairs[["id_a", "id_b"]]).isin(known)
    weight = pairs["score"].to_numpy(dtype=float)
    taken, found = np.arange(1, len(pairs) + 1), np.cumsum(hit)
    # Pairs of equal weight stand on one side of a threshold.
    last = np.append(weight[1:] < weight[:-1], True)
    precision, recall = found / taken, found / len(known)
    f1 = np.where(last, 2 * found / (taken + len(known)), 0)
    best = int(f1.argmax())
    at_99 = recall[last & (precision >= 0.99)]
    expected = np.cumsum(1 / (1 + np.exp2(-weight))) / taken
    chosen = np.flatnonzero(last & (expected >= 0.99))
    at = chosen[-1] if len(chosen) else 0
    return {
        "pairs": len(pairs), "true": len(known), "f1": f1[best], "precision": precision[best], "recall": recall[best],
        "recall_at_99": at_99.max() if len(at_99) else 0.0,
        "expected": expected[at], "achieved": precision[at], "recall_there": recall[at],
    }


if __name__ == "__main__":
    result = score(pd.read_csv(sys.argv[1]), pd.read_csv(sys.argv[2]))
    print(" ".join(f"{name}={value:.4f}" if isinstance(value, float) else f"{name}={value}" for name, value in result.items()))
