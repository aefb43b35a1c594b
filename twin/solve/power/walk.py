"""The walk of every load up its supplies, healthy and through every case that touches it."""

from __future__ import annotations

import numpy as np

from twin.kernels import kernel
from twin.site.table import BoolArray, FloatArray, IntArray

_NOTHING = 1e-12


@kernel
def walk(
    ptr: IntArray,
    supply: IntArray,
    start: IntArray,
    weight: FloatArray,
    units: IntArray,
    least: IntArray,
    first_only: BoolArray,
    of_class: IntArray,
    parent: IntArray,
    dead: BoolArray,
    group_weight: FloatArray,
    group: IntArray,
    group_ptr: IntArray,
    members: IntArray,
    case_ptr: IntArray,
    case_of: IntArray,
    roots: IntArray,
    dead_ptr: IntArray,
    dead_in: IntArray,
    over_ptr: IntArray,
    over: IntArray,
    onto: IntArray,
    keep: FloatArray,
    private: BoolArray,
    alone: bool,  # noqa: FBT001 - compiled code has no keywords
    lossy: bool,  # noqa: FBT001
    beside: bool,  # noqa: FBT001
    doubt: bool,  # noqa: FBT001
    efficiency: FloatArray,
    per_kva: FloatArray,
    per_kvar: FloatArray,
    factor: FloatArray,
    converter: FloatArray,
    losing: int,
    partly: IntArray,
    left_of: FloatArray,
) -> tuple[IntArray, FloatArray, FloatArray, IntArray, IntArray, IntArray, IntArray]:
    """Return entries (3, E) and (6, E), worst shares of whips (2, W) twice, and touched rows.

    Without a cap in `doubt` the last three of the six are the same as the first, and left out.
    Case 0 is the healthy one. Loads from `losing` on are losses of the element that they name as
    their supply: they hang on what feeds it, and live while it does. In a case `partly` names an
    element that runs on in part: with `left_of` its weight in a parallel group, or, where that is
    NaN, on its bypass, which loses nothing and lets the power factor of the load through. What
    each other argument is stands in `shares`, `supplies`, `grid` and `Fallen`.
    """
    loads = len(ptr) - 1
    nodes = len(parent)
    room = 64 + 8 * loads
    ints, floats = np.empty((3, room), np.int64), np.empty((6 if doubt else 3, room))
    q = 0
    troom = 64 + 4 * loads
    touched = np.empty((3, troom), np.int64)
    alive_ptr = np.zeros(troom + 1, np.int64)
    alive = np.empty(4 * troom, np.int64)
    t = 0
    whip_f, whip_i = np.empty((2, len(start))), np.zeros((2, len(start)), np.int64)
    # Local lists: the elements that this load meets, by node, and what they carry of it. They have
    # room for all nodes, as lists that grow would be handed around at every step.
    at = np.full(nodes + 1, -1, np.int64)
    elements = np.empty(nodes, np.int64)
    healthy, now = np.zeros((3, nodes)), np.zeros((3, nodes))
    above = np.full(nodes + 1, -1, np.int64)
    near = np.empty(64, np.int64)
    lives = np.empty(len(start) + 1, np.bool_)
    # Each step up a group puts its members on the stack, and takes one off.
    deep = 8 + len(members)
    stack_i, stack_f = np.empty(deep, np.int64), np.empty((3, deep))
    none = np.empty(0, np.int64)
    mark = 0
    for r in range(loads):
        a, b = ptr[r], ptr[r + 1]
        m = 0
        living, count = 0, 0
        total = 0.0
        for w in range(a, b):
            lives[w] = start[w] >= 0 and not (supply[w] >= 0 and dead[supply[w]])
            if lives[w] and r < losing:
                lives[w] = not _silent(start[w], dead, none, group, group_ptr, members)
            if lives[w]:
                if first_only[r] and living > 0:
                    lives[w] = False
                else:
                    living += 1
                    count += units[w]
                    total += weight[w]
        for w in range(a, b):
            # Servers that are left fewer supplies than they run with draw nothing.
            draws = lives[w] and count >= least[r]
            part = _part(weight[w], total, living) if draws else 0.0
            whip_f[:, w] = part
            if lives[w]:
                m = _climb(
                    _on(start[w], r >= losing, parent, none, none), part, factor[r], parent, dead,
                    none, none, none, group_weight, group, group_ptr, members, efficiency, per_kva,
                    per_kvar, converter, at, elements, healthy, m, stack_i, stack_f,
                )  # fmt: skip
        n = m
        for k in range(n):
            if not private[elements[k]]:
                if q == ints.shape[1]:
                    ints, floats = _longer(ints), _longer_f(floats)
                ints[0, q] = r
                ints[1, q] = elements[k]
                ints[2, q] = 0
                for p in range(len(floats)):
                    floats[p, q] = healthy[p % 3, k]
                q += 1
        c_count = 0
        for k in range(n + b - a):
            if k < n:
                node = elements[k]
            else:
                node = supply[a + k - n]
                if node < 0:
                    continue
            for j in range(case_ptr[node], case_ptr[node + 1]):
                if c_count == len(near):
                    near = np.concatenate((near, np.empty(len(near), np.int64)))
                near[c_count] = case_of[j]
                c_count += 1
        near[:c_count].sort()
        last = -1
        for j in range(c_count):
            c = near[j]
            if c == last:
                continue
            last = c
            mine = dead_in[dead_ptr[c] : dead_ptr[c + 1]]
            overs, ons = over[over_ptr[c] : over_ptr[c + 1]], onto[over_ptr[c] : over_ptr[c + 1]]
            left, count = 0, 0
            total = 0.0
            for w in range(a, b):
                lives[w] = start[w] >= 0 and not (
                    supply[w] >= 0 and (dead[supply[w]] or _has(mine, supply[w]))
                )
                if lives[w] and r < losing:
                    lives[w] = not _silent(start[w], dead, mine, group, group_ptr, members)
                if lives[w] and private[start[w]] and parent[start[w]] >= 0:
                    up = parent[start[w]]
                    lives[w] = not _silent(up, dead, mine, group, group_ptr, members)
                if lives[w]:
                    if first_only[r] and left > 0:
                        lives[w] = False
                    else:
                        left += 1
                        count += units[w]
                        total += weight[w]
            kept, doubted = keep[0, c, of_class[r]], keep[1, c, of_class[r]]
            part_of = partly[c]
            own = part_of < 0
            if not own:
                # Nobody loses a supply: no cap acts, and the whips carry what they did.
                kept, doubted = 1.0, 1.0
            bypassed = part_of >= 0 and np.isnan(left_of[c])
            # Too few supplies to run with; or a loss of what is on its bypass.
            if count < least[r] or (bypassed and r >= losing and supply[a] == part_of):
                kept, doubted = 0.0, 0.0
            if own and t == touched.shape[1]:
                touched = _longer(touched)
                alive_ptr = np.concatenate((alive_ptr, np.zeros(len(alive_ptr), np.int64)))
            if own:
                touched[0, t] = r
                touched[1, t] = c
                touched[2, t] = left
                z = alive_ptr[t]
                if z + b - a > len(alive):
                    alive = np.concatenate((alive, np.empty(len(alive) + b - a, np.int64)))
                for w in range(a, b):
                    if lives[w]:
                        alive[z] = w
                        z += 1
                alive_ptr[t + 1] = z
                t += 1
            for w in range(a, b):
                if own and lives[w]:
                    part = _part(weight[w], total, left)
                    if kept * part > whip_f[0, w]:
                        whip_f[0, w], whip_i[0, w] = kept * part, c
                    if doubted * part > whip_f[1, w]:
                        whip_f[1, w], whip_i[1, w] = doubted * part, c
            # The loss of a tap or a whip moves less than the loss of what feeds it.
            for k in range(roots.shape[1]):
                if roots[c, k] >= 0 and not private[roots[c, k]]:
                    own = False
            other_ways = alone or not own
            if not other_ways and not lossy and not beside:
                continue
            now[:, :m] = 0.0
            was = (0.0, 0.0, 0.0)
            if part_of >= 0:
                was = group_weight[part_of], efficiency[part_of], converter[part_of]
                if bypassed:
                    efficiency[part_of], converter[part_of] = 1.0, 0.0
                else:
                    group_weight[part_of] = was[0] * left_of[c]
            for w in range(a, b):
                if lives[w]:
                    m = _climb(
                        _on(start[w], r >= losing, parent, overs, ons),
                        _part(weight[w], total, left), factor[r], parent, dead, mine, overs, ons,
                        group_weight, group, group_ptr, members, efficiency, per_kva, per_kvar,
                        converter, at, elements, now, m, stack_i, stack_f,
                    )  # fmt: skip
            if part_of >= 0:
                group_weight[part_of], efficiency[part_of], converter[part_of] = was
            # Without losses, what is above all lost elements never carries more than healthy; what
            # is above one of two may take what moves away from the other.
            mark += 1
            moved = len(overs) > 0
            feeds, first = -1, True
            for k in range(roots.shape[1]):
                node = roots[c, k]
                if node < 0:
                    continue
                if own:
                    feeds = parent[node] if not private[parent[node]] else parent[parent[node]]
                while node >= 0:
                    if first or above[node] == mark:
                        above[node] = mark + 1
                    if node < len(group) and group[node] >= 0:
                        moved = True
                    node = parent[node]
                mark, first = mark + 1, False
            for k in range(m):
                e = elements[k]
                if private[e] or _has(mine, e):
                    continue
                if above[e] == mark and not lossy and not moved:
                    continue
                if not other_ways and above[e] != mark and not _below(parent, e, feeds):
                    continue
                # On the same element another way may bring as many kW, and more kVA.
                more, less = False, False
                for p in range(3):
                    for share in (kept, doubted):
                        moved_here = share * now[p, k] - healthy[p, k]
                        more |= not moved_here <= _NOTHING
                        less |= moved_here < -_NOTHING
                if not (more or (less and other_ways)):
                    continue
                if q == ints.shape[1]:
                    ints, floats = _longer(ints), _longer_f(floats)
                ints[0, q] = r
                ints[1, q] = e
                ints[2, q] = c
                for p in range(len(floats)):
                    share = kept if p < 3 else doubted
                    floats[p, q] = share * now[p % 3, k] - healthy[p % 3, k]
                q += 1
        for k in range(m):
            at[elements[k]] = -1
            healthy[:, k] = 0.0
            now[:, k] = 0.0
    return (
        ints[:, :q].copy(), floats[:, :q].copy(), whip_f, whip_i, touched[:, :t].copy(),
        alive_ptr[: t + 1].copy(), alive[: alive_ptr[t]].copy(),
    )  # fmt: skip


@kernel
def _part(weight: float, total: float, living: int) -> float:
    """Share of one living supply; where all that live are on standby they share alike."""
    return weight / total if total > 0.0 else 1.0 / living


@kernel
def _on(node: int, loses: bool, parent: IntArray, overs: IntArray, onto: IntArray) -> int:  # noqa: FBT001
    """Return the node on which a load hangs; of the loss of a node it is what feeds that now."""
    return _above(node, parent, overs, onto) if loses else node


@kernel
def _has(ascending: IntArray, value: int) -> bool:
    """Whether a sorted list holds a value."""
    low, high = 0, len(ascending)
    while low < high:
        middle = (low + high) // 2
        if ascending[middle] < value:
            low = middle + 1
        else:
            high = middle
    return low < len(ascending) and ascending[low] == value


@kernel
def _silent(
    node: int, dead: BoolArray, mine: IntArray, group: IntArray, group_ptr: IntArray,
    members: IntArray,
) -> bool:  # fmt: skip
    """Whether the output of a node is dead: of a parallel group only if all of it is."""
    g = group[node] if node < len(group) else -1
    if g < 0:
        return bool(dead[node]) or _has(mine, node)
    for k in range(group_ptr[g], group_ptr[g + 1]):
        if not dead[members[k]] and not _has(mine, members[k]):
            return False
    return True


@kernel
def _below(parent: IntArray, node: int, top: int) -> bool:
    """Whether a node hangs below another one, or is it."""
    while node >= 0:
        if node == top:
            return True
        node = parent[node]
    return False


@kernel
def _longer(a: IntArray) -> IntArray:
    # What is not written yet takes no memory; put together from two it would.
    out = np.empty((a.shape[0], 2 * a.shape[1]), np.int64)
    out[:, : a.shape[1]] = a
    return out


@kernel
def _longer_f(a: FloatArray) -> FloatArray:
    out = np.empty((a.shape[0], 2 * a.shape[1]))
    out[:, : a.shape[1]] = a
    return out


@kernel
def _climb(
    node: int,
    part: float,
    own: float,
    parent: IntArray,
    dead: BoolArray,
    dead_now: IntArray,
    overs: IntArray,
    onto: IntArray,
    group_weight: FloatArray,
    group: IntArray,
    group_ptr: IntArray,
    members: IntArray,
    efficiency: FloatArray,
    per_kva: FloatArray,
    per_kvar: FloatArray,
    converter: FloatArray,
    at: IntArray,
    elements: IntArray,
    into: FloatArray,
    m: int,
    stack_i: IntArray,
    stack_f: FloatArray,
) -> int:
    """Add what one supply brings to all elements above it; return how many the load meets.

    On the stack: a node, the kW that reach it per kW of the load, the power factor of the converter
    below it, 0 where none is, and the kvar of reactances since then; `own` is that of the load.
    """
    up, kw, factor, kvar = node, part, 0.0, 0.0
    depth = 0
    while True:
        g = -1
        if up >= 0:
            g = group[up] if up < len(group) else -1
            if g < 0:
                stack_i[depth], stack_f[0, depth], stack_f[1, depth] = up, kw, factor
                stack_f[2, depth] = kvar
                depth += 1
        if g >= 0:
            total, living, one, alike = 0.0, 0, -1, True
            for j in range(group_ptr[g], group_ptr[g + 1]):
                e = members[j]
                if not dead[e] and not _has(dead_now, e):
                    total += group_weight[e]
                    living += 1
                    if one >= 0:
                        alike &= efficiency[e] == efficiency[one]
                        alike &= per_kva[e] == per_kva[one]
                        alike &= per_kvar[e] == per_kvar[one]
                        alike &= converter[e] == converter[one]
                        alike &= _above(e, parent, overs, onto) == _above(one, parent, overs, onto)
                    one = e
            unknown = living > 1 and np.isnan(total)
            for j in range(group_ptr[g], group_ptr[g + 1]):
                e = members[j]
                if dead[e] or _has(dead_now, e):
                    continue
                part = 1.0 if living == 1 else group_weight[e] / total
                if unknown and alike:
                    # What each takes is not known, what they take together from one feed is.
                    k, m = _place(e, at, elements, m)
                    into[:, k] = np.nan
                    if e != one:
                        continue
                    part = 1.0
                stack_i[depth] = e
                stack_f[0, depth], stack_f[1, depth] = kw * part, factor
                stack_f[2, depth] = kvar * part
                depth += 1
        if depth == 0:
            break
        depth -= 1
        e, kw, factor = stack_i[depth], stack_f[0, depth], stack_f[1, depth]
        kvar = stack_f[2, depth]
        k = at[e]
        if k < 0:
            k, elements[m], at[e] = m, e, m
            m += 1
        into[0, k] += kw
        kva = 0.0
        if kvar != 0.0 or per_kva[e] > 0.0 or per_kvar[e] > 0.0:
            kva = _kva(kw, own if factor == 0.0 else factor, kvar)
        if kvar != 0.0:
            into[2, k] += kva
        elif factor == 0.0:
            into[1, k] += kw
        else:
            into[2, k] += kw / factor
        copper = kva * per_kva[e] if per_kva[e] > 0.0 else 0.0
        if kvar != 0.0 or per_kvar[e] > 0.0:
            kvar = (kvar + kva * per_kvar[e]) / efficiency[e]
        # Of a stated efficiency and the copper the one that loses more counts; NaN as NaN.
        rest = kw / efficiency[e]
        more = kw + copper - rest
        kw = rest if more <= 0.0 else rest + more
        if converter[e] != 0.0:
            factor, kvar = converter[e], 0.0
        up = parent[e] if len(overs) == 0 else _above(e, parent, overs, onto)
    return m


@kernel
def _kva(kw: float, factor: float, kvar: float) -> float:
    """KVA of a power at a factor, and of more kvar beside it."""
    if kvar == 0.0:
        return kw / factor
    reactive = kw * np.sqrt(1.0 - factor * factor) / factor + kvar
    return float(np.sqrt(kw * kw + reactive * reactive))


@kernel
def _place(e: int, at: IntArray, elements: IntArray, m: int) -> tuple[int, int]:
    """Place of an element in the local lists, at their end where it is new."""
    k = at[e]
    if k >= 0:
        return k, m
    elements[m], at[e] = e, m
    return m, m + 1


@kernel
def _above(e: int, parent: IntArray, overs: IntArray, onto: IntArray) -> int:
    """Return what feeds an element in a case: what it has moved onto, else its parent."""
    if len(overs) > 0:
        low = np.searchsorted(overs, e)
        if low < len(overs) and overs[low] == e:
            return int(onto[low])
    return int(parent[e])
