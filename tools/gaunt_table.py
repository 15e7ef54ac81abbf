#!/usr/bin/env python3
"""Writes src/orogen/kernel/layer/gaunt.hpp: couplings of real spherical harmonics, from exact integrals of polynomials on the sphere.

Harmonics are normalised so that Y_00 = 1 and sum_m Y_lm^2 = 2l+1; the coupling is G = (1/4pi) * integral Y_a Y_b Y_c,
so that Y_a Y_b = sum_c G_abc Y_c. A test recomputes the numbers by quadrature.
"""
from fractions import Fraction
from itertools import product
from math import sqrt
import sys

# Each harmonic: (number under the square root, {(power of x, y, z): rational}).
F = Fraction
Y = [
    (F(1), {(0, 0, 0): F(1)}),
    (F(3), {(0, 1, 0): F(1)}),
    (F(3), {(0, 0, 1): F(1)}),
    (F(3), {(1, 0, 0): F(1)}),
    (F(15), {(1, 1, 0): F(1)}),
    (F(15), {(0, 1, 1): F(1)}),
    (F(5, 4), {(0, 0, 2): F(2), (2, 0, 0): F(-1), (0, 2, 0): F(-1)}),
    (F(15), {(1, 0, 1): F(1)}),
    (F(15, 4), {(2, 0, 0): F(1), (0, 2, 0): F(-1)}),
    (F(35, 8), {(2, 1, 0): F(3), (0, 3, 0): F(-1)}),
    (F(105), {(1, 1, 1): F(1)}),
    (F(21, 8), {(0, 1, 2): F(4), (2, 1, 0): F(-1), (0, 3, 0): F(-1)}),
    (F(7, 4), {(0, 0, 3): F(2), (2, 0, 1): F(-3), (0, 2, 1): F(-3)}),
    (F(21, 8), {(1, 0, 2): F(4), (3, 0, 0): F(-1), (1, 2, 0): F(-1)}),
    (F(105, 4), {(2, 0, 1): F(1), (0, 2, 1): F(-1)}),
    (F(35, 8), {(3, 0, 0): F(1), (1, 2, 0): F(-3)}),
    (F(315, 4), {(3, 1, 0): F(1), (1, 3, 0): F(-1)}),
    (F(315, 8), {(2, 1, 1): F(3), (0, 3, 1): F(-1)}),
    (F(45, 4), {(1, 1, 2): F(7), (1, 1, 0): F(-1)}),
    (F(45, 8), {(0, 1, 3): F(7), (0, 1, 1): F(-3)}),
    (F(9, 64), {(0, 0, 4): F(35), (0, 0, 2): F(-30), (0, 0, 0): F(3)}),
    (F(45, 8), {(1, 0, 3): F(7), (1, 0, 1): F(-3)}),
    (F(45, 16), {(2, 0, 2): F(7), (2, 0, 0): F(-1), (0, 2, 2): F(-7), (0, 2, 0): F(1)}),
    (F(315, 8), {(3, 0, 1): F(1), (1, 2, 1): F(-3)}),
    (F(315, 64), {(4, 0, 0): F(1), (2, 2, 0): F(-6), (0, 4, 0): F(1)}),
]
MAX_L = 4
MAX_MESSAGE_L = 2       # angular momentum of what atoms send to each other
MAX_COUPLED_L = 2       # angular momentum of the density that is coupled with it


def odd_factorial(n):
    return 1 if n <= 0 else n * odd_factorial(n - 2)


def mean_on_sphere(a, b, c):
    if a % 2 or b % 2 or c % 2:
        return F(0)
    return F(odd_factorial(a - 1) * odd_factorial(b - 1) * odd_factorial(c - 1), odd_factorial(a + b + c + 1))


def gaunt(i, j, k):
    total = F(0)
    for (p, u), (q, v), (r, w) in product(Y[i][1].items(), Y[j][1].items(), Y[k][1].items()):
        total += u * v * w * mean_on_sphere(p[0] + q[0] + r[0], p[1] + q[1] + r[1], p[2] + q[2] + r[2])
    return float(total) * sqrt(Y[i][0] * Y[j][0] * Y[k][0])


def block(l):
    return range(l * l, (l + 1) * (l + 1))


out = []
w = out.append
w(f"// Couplings of real spherical harmonics up to l = {MAX_L}. Written by tools/gaunt_table.py; do not edit.")
w("#pragma once\n")
w("namespace orogen::kernel::gaunt {\n")
w("/// One coupling: harmonics a, b (indices l² + l + m) into c; G = (1/4π)∫ Y_a Y_b Y_c, doubled where a ≠ b of equal l.")
w("struct Entry {\n  int a, b, c;\n  double g;\n};")
w("/// Path (l1, l2 → l3) and its entries [begin, end), ordered by c.")
w("struct Path {\n  int l1, l2, l3, begin, end;\n};\n")


def emit(name, paths, symmetric):
    entries, rows = [], []
    for l1, l2, l3 in paths:
        begin = len(entries)
        for c in block(l3):
            for a in block(l1):
                for b in block(l2):
                    if symmetric and l1 == l2 and b < a:
                        continue
                    g = gaunt(a, b, c)
                    if abs(g) > 1e-12:
                        entries.append((a, b, c, g * (2 if symmetric and l1 == l2 and a != b else 1)))
        rows.append((l1, l2, l3, begin, len(entries)))
    w(f"inline constexpr int {name}_count = {len(rows)};")
    w(f"inline constexpr Path {name}[] = {{")
    for r in rows:
        w("    {%d, %d, %d, %d, %d}," % r)
    w("};")
    w(f"inline constexpr Entry {name}_entries[] = {{")
    for e in entries:
        w("    {%d, %d, %d, %.17g}," % e)
    w("};\n")
    print(name, len(rows), len(entries), file=sys.stderr)


def allowed(l1, l2, l3):
    return abs(l1 - l2) <= l3 <= l1 + l2 and (l1 + l2 + l3) % 2 == 0


def paths(first, second, third):
    return [(a, b, c) for a in first for b in second for c in third if allowed(a, b, c)]


every_l = range(MAX_L + 1)
products = [p for p in paths(every_l, every_l, every_l) if p[0] <= p[1]]
# Weights of models are numbered by path: those within l = 3 come first and stay where they are.
products = [p for p in products if max(p) <= 3] + [p for p in products if max(p) > 3]
w("// Products of the density with itself (l1 ≤ l2); the paths within l ≤ 3 come first.")
w(f"inline constexpr int product_count_3 = {sum(max(p) <= 3 for p in products)};")
emit("product", products, True)
w(f"// Density (l1 ≤ {MAX_COUPLED_L}) of a message with the message's own index (1 ≤ l2 ≤ {MAX_MESSAGE_L}).")
messages = [p for l2 in range(1, MAX_MESSAGE_L + 1) for p in paths(range(MAX_COUPLED_L + 1), [l2], every_l)]
emit("message", messages, False)
w("}  // namespace orogen::kernel::gaunt")
text = "\n".join(out) + "\n"
open(sys.argv[1], "w").write(text)
