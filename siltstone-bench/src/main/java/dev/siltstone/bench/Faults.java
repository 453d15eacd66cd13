package dev.siltstone.bench;

import java.util.ArrayList;
import java.util.List;

/// What readers got that differs from what was acknowledged: counted, and the first few in words.
final class Faults {
    private static final int SHOWN_MAX = 10;

    private final List<String> first = new ArrayList<>();
    private long count;

    void add(String what) {
        if (count++ < SHOWN_MAX) {
            first.add(what);
        }
    }

    long count() {
        return count;
    }

    List<String> first() {
        return List.copyOf(first);
    }
}
