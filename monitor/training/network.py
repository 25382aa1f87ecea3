"""Trains the network that reads a text as a whole (`monitor.extraction.network`). Needs PyTorch (the `network` extra).

Besides the decisions it guesses words that are hidden from it (Devlin et al. 2019, "BERT"): thus it learns from every word
of the gold, not from its sums alone.
One thread and a fixed seed: the same gold gives the same weights on the same machine.
"""

from __future__ import annotations

import copy
import math
import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from monitor.extraction.items import DISTANCES, HASHES, KINDS, MENTIONS, relations
from monitor.extraction.network import ANSWERS, HEADS, REACH, ROUNDS, Names, Network, read, write
from monitor.model import PURPOSES, STATUSES
from monitor.training.align import Aligned
from monitor.training.lessons import TRAPS, Lesson, lessons_of, thinned

CLASSES = {"commitment": 1, "status": len(STATUSES), "purpose": len(PURPOSES), "trap": len(TRAPS)}
# What is learnt for its own sake and never asked.
ONLY_TRAINED = ("trap", "guess")
SHARES = {
    "commitment": 1.0, "payer": 0.7, "recipient": 0.5, "status": 1.0, "purpose": 1.0, "trap": 0.5, "part": 0.3, "deadline": 0.3,
    "place": 0.3, "word": 0.4,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """Set by trial on writers held out. `fade` of the average of weights over steps; `size` of all vectors; `thin` and
    `thin_sums`, the shares of sentences without and with sums left out at random (`lessons.thinned`), against learning
    texts by heart; `hide`, the share of words to be guessed."""

    size: int = 96
    epochs: int = 12
    batch: int = 12
    rate: float = 2e-3
    decay: float = 0.02
    dropout: float = 0.2
    word_dropout: float = 0.1
    mark_dropout: float = 0.03
    fade: float = 0.995
    common: int = 3
    thin: float = 0.3
    thin_sums: float = 0.15
    hide: float = 0.15
    seed: int = 1


# The members of a network, which may be several. On six writers left out (1,098 documents) pair F1 was .612 with one kept
# from learning by heart as here, .609 with one kept from it more (dropout .3, .4 of the sentences left out), .616 with both:
# one costs half the time to read.
MEMBERS = (Settings(),)


class Model(nn.Module):
    """The same sums as `monitor.extraction.network`, over a padded batch, with names of weights in common."""

    def __init__(self, names: Names, s: Settings) -> None:
        super().__init__()
        self.settings = s
        self.tables = nn.ParameterDict()
        d = s.size
        self._table("word", 0.1, len(names.words) + 1, d)
        self._table("sense", 0.1, len(names.senses) + 1, d)
        for name, rows in (("prefix", HASHES + 1), ("suffix", HASHES + 1), ("kind", len(KINDS))):
            self._table(name, 0.1, rows, d)
        marks = len(names.marks)
        self._table("marks", 1 / math.sqrt(marks), marks, d)
        self._table("marks.bias", 0.0, d)
        self._norm("items")
        for n in range(len(REACH)):
            self._norm(f"mix.{n}.norm")
            self._table(f"mix.{n}.kernel", 1 / math.sqrt(3 * d), 3, d, 2 * d)
            self._table(f"mix.{n}.bias", 0.0, 2 * d)
        for n in range(ROUNDS):
            for kind in ("look", "meet"):
                self._norm(f"{kind}.{n}.norm")
                for part in ("query", "key", "value", "out"):
                    self._affine(f"{kind}.{n}.{part}", d, d)
                self._table(f"{kind}.{n}.relation", 0.0, DISTANCES, HEADS)
            self._norm(f"look.{n}.items")
            self._norm(f"think.{n}.norm")
            self._affine(f"think.{n}.in", d, 2 * d)
            self._affine(f"think.{n}.out", 2 * d, d)
        self._norm("norm")
        self._norm("guess.norm")
        self._affine("guess", d, d)
        for name, classes in CLASSES.items():
            self._affine(f"{name}.in", d, d)
            self._affine(f"{name}.out", d, classes)
        for name in ANSWERS:
            self._affine(f"{name}.sum", d, d)
            self._table(f"{name}.other", 1 / math.sqrt(d), d, d)
            self._table(f"{name}.relation", 0.1, DISTANCES, d)
            self._table(f"{name}.out", 1 / math.sqrt(d), d)
            self._table(f"{name}.bias", 0.0, 1)

    def _table(self, name: str, deviation: float, *shape: int) -> None:
        table = torch.empty(*shape)
        self.tables[_key(name)] = nn.Parameter(nn.init.normal_(table, std=deviation) if deviation else table.zero_())

    def _affine(self, name: str, inside: int, outside: int) -> None:
        self._table(f"{name}.weight", 1 / math.sqrt(3 * inside), inside, outside)
        self._table(f"{name}.bias", 0.0, outside)

    def _norm(self, name: str) -> None:
        self.tables[_key(f"{name}.weight")] = nn.Parameter(torch.ones(self.settings.size))
        self._table(f"{name}.bias", 0.0, self.settings.size)

    def t(self, name: str) -> Tensor:
        table: Tensor = self.tables[_key(name)]
        return table

    def forward(self, b: Batch) -> Answers:
        x = self._items(b)
        guesses = self._line("guess", self._even("guess.norm", x[b.hidden])) @ self.t("word").T
        z = torch.gather(x, 1, b.at[..., None].expand(-1, -1, x.shape[2]))
        for n in range(ROUNDS):
            z = z + self._drop(self._look(f"look.{n}", z, x, b.to_items, b.inside))
            z = z + self._drop(self._look(f"meet.{n}", z, None, b.between, b.mentioned))
            h = F.gelu(self._line(f"think.{n}.in", self._even(f"think.{n}.norm", z)), approximate="tanh")
            z = z + self._drop(self._line(f"think.{n}.out", h))
        z = self._even("norm", z)
        sums = z[:, b.span["sums"]]
        of_sum = {
            k: self._line(f"{k}.out", self._drop(F.gelu(self._line(f"{k}.in", sums), approximate="tanh"))) for k in CLASSES
        }
        of_pair = {k: self._pairs(k, sums, z[:, b.span[g]], b.between[:, b.span["sums"], b.span[g]]) for k, g in ANSWERS.items()}
        return Answers(of_sum, of_pair, guesses)

    def _items(self, b: Batch) -> Tensor:
        seen = ~b.hidden
        words, senses, prefixes, suffixes = (x * seen for x in (b.words, b.senses, b.prefixes, b.suffixes))
        marks = b.marks * seen[..., None]
        if self.training:
            s = self.settings
            words, senses, prefixes, suffixes = (
                x * (torch.rand(x.shape) > s.word_dropout) for x in (words, senses, prefixes, suffixes)
            )
            marks = marks * _kept(marks, s.mark_dropout)
        x = self.t("word")[words] + self.t("sense")[senses] + self.t("prefix")[prefixes] + self.t("suffix")[suffixes]
        x = x + self.t("kind")[b.kinds]
        x = self._drop(self._even("items", x + marks @ self.t("marks") + self.t("marks.bias")))
        inside = b.inside[..., None].to(x.dtype)
        x = x * inside
        for n, reach in enumerate(REACH):
            y = F.pad(self._even(f"mix.{n}.norm", x) * inside, (0, 0, reach, reach))
            length, kernel = x.shape[1], self.t(f"mix.{n}.kernel")
            # As one product of matrices, which takes less time than a convolution with gaps.
            beside = torch.cat([y[:, k * reach : k * reach + length] for k in range(len(kernel))], 2)
            mixed = beside @ kernel.flatten(0, 1) + self.t(f"mix.{n}.bias")
            x = (x + self._drop(F.glu(mixed, 2))) * inside
        return x

    def _look(self, name: str, z: Tensor, items: Tensor | None, relation: Tensor, allowed: Tensor) -> Tensor:
        mine = self._even(f"{name}.norm", z)
        theirs = mine if items is None else self._even(f"{name}.items", items)
        q, k, v = (
            self._line(f"{name}.{part}", x).view(len(x), x.shape[1], HEADS, -1).transpose(1, 2)
            for part, x in (("query", mine), ("key", theirs), ("value", theirs))
        )
        scores = q @ k.transpose(2, 3) / math.sqrt(q.shape[3]) + self.t(f"{name}.relation")[relation].permute(0, 3, 1, 2)
        chances = scores.masked_fill(~allowed[:, None, None], -1e9).softmax(3)
        return self._line(f"{name}.out", (chances @ v).transpose(1, 2).reshape(z.shape))

    def _pairs(self, name: str, sums: Tensor, others: Tensor, relation: Tensor) -> Tensor:
        mine, theirs = self._line(f"{name}.sum", sums), others @ self.t(f"{name}.other")
        hidden = F.gelu(mine[:, :, None] + theirs[:, None] + self.t(f"{name}.relation")[relation], approximate="tanh")
        return self._drop(hidden) @ self.t(f"{name}.out") + self.t(f"{name}.bias")

    def _drop(self, x: Tensor) -> Tensor:
        return x * (_kept(x, self.settings.dropout) / (1 - self.settings.dropout)) if self.training else x

    def _line(self, name: str, x: Tensor) -> Tensor:
        return x @ self.t(f"{name}.weight") + self.t(f"{name}.bias")

    def _even(self, name: str, x: Tensor) -> Tensor:
        return F.layer_norm(x, x.shape[-1:], self.t(f"{name}.weight"), self.t(f"{name}.bias"))


def _kept(x: Tensor, dropped: float) -> Tensor:
    """One where a value stays, zero where it is dropped; by random bytes, which cost less than random floats."""
    return (torch.randint(0, 256, x.shape, dtype=torch.uint8) >= round(256 * dropped)).to(x.dtype)


def _key(name: str) -> str:
    return name.replace(".", "/")


@dataclass(frozen=True, slots=True)
class Answers:
    """Scores of a batch: by decision for sums (window, sum, class), by decision for pairs (window, sum, mention), and of
    all words for each hidden item (item, word)."""

    of_sum: dict[str, Tensor]
    of_pair: dict[str, Tensor]
    guesses: Tensor

    def exact(self) -> Answers:
        """The same with all digits, for the loss."""
        sums, pairs = ({k: v.float() for k, v in one.items()} for one in (self.of_sum, self.of_pair))
        return Answers(sums, pairs, self.guesses.float())


@dataclass(slots=True)
class Batch:
    """Windows side by side, padded. `span` says which mentions are sums, references and so on; `hidden` are the known words
    to be guessed."""

    lessons: list[Lesson]
    span: dict[str, slice]
    words: Tensor
    senses: Tensor
    prefixes: Tensor
    suffixes: Tensor
    kinds: Tensor
    marks: Tensor
    inside: Tensor
    at: Tensor
    between: Tensor
    to_items: Tensor
    mentioned: Tensor
    hidden: Tensor


class Trainer:
    """The tables of words, senses and marks, and how windows become batches."""

    def __init__(self, lessons: Sequence[Lesson], settings: Settings) -> None:
        marks = sorted({name for one in lessons for _, name, _ in one.window.marks})
        words, senses = (_common([getattr(one.window, x) for one in lessons], settings.common) for x in ("words", "senses"))
        self.names = Names(words, senses, marks)
        self._word = {w: i for i, w in enumerate(words, 1)}
        self._sense = {s: i for i, s in enumerate(senses, 1)}
        self._mark = {m: i for i, m in enumerate(marks)}

    def batch(self, lessons: list[Lesson], hide: float = 0.0) -> Batch:
        """The lessons as tensors, a share of their known words hidden at random."""
        count, length = len(lessons), max(len(x.window.kinds) for x in lessons)
        widths = [max(len(getattr(x.window, n).at) for x in lessons) for n in MENTIONS]
        ends = np.cumsum([0, *widths])
        total = int(ends[-1])
        whole = np.zeros((5, count, length), dtype=np.int64)
        marks = np.zeros((count, length, len(self._mark)), dtype=np.float32)
        inside, mentioned = np.zeros((count, length), dtype=bool), np.zeros((count, total), dtype=bool)
        at, between = np.zeros((count, total), dtype=np.int64), np.zeros((count, total, total), dtype=np.int64)
        to_items = np.zeros((count, total, length), dtype=np.int64)
        for i, one in enumerate(lessons):
            w = one.window
            n = len(w.kinds)
            words, senses = [self._word.get(x, 0) for x in w.words], [self._sense.get(x, 0) for x in w.senses]
            whole[:, i, :n] = words, senses, w.prefixes, w.suffixes, w.kinds
            for item, name, value in w.marks:
                if name in self._mark:
                    marks[i, item, self._mark[name]] = value
            inside[i, :n] = True
            mine, mutual, items = relations(w)
            place = np.concatenate([ends[k] + np.arange(len(m.at)) for k, m in enumerate(w.mentions)]).astype(int)
            at[i, place], mentioned[i, place] = mine, True
            between[i, place[:, None], place[None]] = mutual
            to_items[i, place, :n] = items
        span = {n: slice(int(ends[k]), int(ends[k + 1])) for k, n in enumerate(MENTIONS)}
        arrays = (*whole, marks, inside, at, between, to_items, mentioned)
        tensors = [torch.from_numpy(x) for x in arrays]
        hidden = (tensors[0] > 0) & (tensors[4] == KINDS.index("word")) & (torch.rand(count, length) < hide)
        return Batch(lessons, span, *[*tensors, hidden])


def loss_of(b: Batch, answers: Answers) -> Tensor:
    """Summed over all answers, per window."""
    total = SHARES["word"] * F.cross_entropy(answers.guesses, b.words[b.hidden], reduction="sum")
    for i, lesson in enumerate(b.lessons):
        asked: dict[str, list[tuple[int, int]]] = {}
        for name, row, answer in lesson.of_sum:
            asked.setdefault(name, []).append((row, answer))
        for name, pairs in asked.items():
            rows, right = torch.tensor(pairs).T
            scores = answers.of_sum[name][i, rows]
            if CLASSES[name] == 1:
                part = F.binary_cross_entropy_with_logits(scores[:, 0], right.float(), reduction="sum")
            else:
                part = F.cross_entropy(scores, right, reduction="sum")
            total = total + SHARES[name] * part
        for name in ANSWERS:
            total = total + SHARES[name] * _loss_of_pairs(lesson, name, answers.of_pair[name][i])
    return total / len(b.lessons)


def _loss_of_pairs(lesson: Lesson, name: str, scores: Tensor) -> Tensor:
    """Each pair for itself, and the right ones against all others."""
    of = getattr(lesson.window, ANSWERS[name]).of
    asked = [(row, right, named) for kind, row, right, named in lesson.of_pair if kind == name]
    if not of or not asked:
        return torch.zeros(())
    choices = sorted(set(of))
    belongs = torch.tensor([[float(x == c) for x in of] for c in choices])
    mine = scores[[row for row, _, _ in asked], : len(of)]
    top = mine.max(1, keepdim=True)[0].detach()
    together = torch.log(torch.exp(mine - top) @ belongs.T + 1e-9) + top
    answers = torch.tensor([[float(c in right) for c in choices] for _, right, _ in asked])
    weight = torch.ones_like(answers)
    if name == "part":
        weight = torch.tensor([[float(c in lesson.among[row]) for c in choices] for row, _, _ in asked])
    out = F.binary_cross_entropy_with_logits(together, answers, weight, reduction="sum")
    found = answers.sum(1) > 0
    if name in ("payer", "recipient") and found.any():
        wanted = answers[found] / answers[found].sum(1, keepdim=True)
        out = out - (together[found].log_softmax(1) * wanted).sum()
    return out


def train_network(
    documents: Sequence[Aligned], s: Settings, say: Callable[[str], None] = lambda _: None
) -> tuple[Names, dict[str, Any]]:
    """Names and the weights of one member. Says a line for each epoch."""
    torch.set_num_threads(1)
    torch.manual_seed(s.seed)
    random.seed(s.seed)
    lessons = [x for d in documents for x in lessons_of(d)]
    trainer = Trainer(lessons, s)
    model = Model(trainer.names, s)
    average = copy.deepcopy(model)
    steps = s.epochs * math.ceil(len(lessons) / s.batch)
    optimiser = torch.optim.AdamW(model.parameters(), lr=s.rate, weight_decay=s.decay)
    pace = torch.optim.lr_scheduler.OneCycleLR(optimiser, s.rate, total_steps=steps, pct_start=0.15)
    for epoch in range(s.epochs):
        model.train()
        total = 0.0
        for chosen in _shuffled(lessons, s.batch):
            batch = trainer.batch([thinned(x, s.thin, s.thin_sums) for x in chosen], s.hide)
            with torch.autocast("cpu", torch.bfloat16):
                answers = model(batch)
            loss = loss_of(batch, answers.exact())
            optimiser.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimiser.step()
            pace.step()
            total += float(loss.detach()) * len(chosen)
            with torch.no_grad():
                for kept, now in zip(average.parameters(), model.parameters(), strict=True):
                    kept.lerp_(now, 1 - s.fade)
        say(f"epoch {epoch + 1} of {s.epochs}: loss {total / len(lessons):.2f}")
    weights = {k.removeprefix("tables.").replace("/", "."): v.numpy() for k, v in average.state_dict().items()}
    return trainer.names, {k: v for k, v in weights.items() if k.split(".")[0] not in ONLY_TRAINED}


def _common(texts: Sequence[Sequence[str]], least: int) -> list[str]:
    """What at least so many texts hold, sorted; the empty one is none."""
    seen = Counter(x for one in texts for x in set(one) if x)
    return sorted(x for x, n in seen.items() if n >= least)


def _shuffled(lessons: Sequence[Lesson], size: int) -> list[list[Lesson]]:
    """Batches of windows of like length, in random order."""
    order = sorted(lessons, key=lambda x: len(x.window.kinds) * (1 + 0.3 * random.random()))
    batches = [order[i : i + size] for i in range(0, len(order), size)]
    random.shuffle(batches)
    return batches


def members_of(
    documents: Sequence[Aligned], members: Sequence[Settings] = MEMBERS, say: Callable[[str], None] = lambda _: None
) -> tuple[Names, list[dict[str, Any]]]:
    """Names and the weights of each member, for `monitor.extraction.network.write`."""
    made = [train_network(documents, settings, say) for settings in members]
    return made[0][0], [weights for _, weights in made]


def network_of(documents: Sequence[Aligned]) -> Network:
    """A network as it would be shipped: rounded, written and read again."""
    return read(write(*members_of(documents)))
