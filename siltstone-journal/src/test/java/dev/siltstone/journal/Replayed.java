package dev.siltstone.journal;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/// Remembers what a journal replayed, as text.
final class Replayed implements JournalReplay {
    final TreeMap<Long, String> entries = new TreeMap<>();
    final List<Long> files = new ArrayList<>();
    private final long neededFrom;

    Replayed() {
        this(0);
    }

    Replayed(long neededFrom) {
        this.neededFrom = neededFrom;
    }

    @Override
    public long neededFrom() {
        return neededFrom;
    }

    @Override
    public void file(long start) {
        files.add(start);
    }

    @Override
    public void entry(long position, ByteBuffer payload) {
        if (!entries.isEmpty() && position <= entries.lastKey()) {
            throw new AssertionError("position " + position + " after " + entries.lastKey());
        }
        entries.put(position, UTF_8.decode(payload).toString());
    }

    List<String> texts() {
        return List.copyOf(entries.values());
    }
}
