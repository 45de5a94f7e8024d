"""Cycle detection in a directed graph of a few arcs for each node, without recursion."""

from collections.abc import Iterator, Mapping, Sequence


def chain_circles(arcs: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, ...]]:
    """Circles of a directed graph, each rotated to begin with its least node.

    A depth-first search yields one for each arc that leads back, so that a graph without circles
    is one for which nothing is yielded. O(n log n) over the arcs, and the circles found.

    >>> [*chain_circles({"b": ["a"], "a": ["b", "c"], "d": ["d"]})]
    [('a', 'b'), ('d',)]
    """
    done: set[str] = set()
    for root in sorted(arcs):
        path: dict[str, Iterator[str]] = {}
        nodes = [] if root in done else [root]
        while nodes:
            node = nodes[-1]
            ahead = path.setdefault(node, iter(sorted(arcs.get(node, ()))))
            following = next((each for each in ahead if each not in done), None)
            if following is None:
                done.add(nodes.pop())
                del path[node]
            elif following in path:
                circle = nodes[nodes.index(following) :]
                least = circle.index(min(circle))
                yield (*circle[least:], *circle[:least])
            else:
                nodes.append(following)
