package dev.siltstone.stream.segment;

import java.io.IOException;

/// Looks for one message of a run.
///
/// Not thread-safe; made for one search.
final class MessageSearch {
    private final RunSource run;
    private long start;
    private long end;
    private long time;

    MessageSearch(RunSource run) {
        this.run = run;
    }

    long startOf(long wireByte) throws IOException {
        find(wireByte);
        return start;
    }

    long endOf(long wireByte) throws IOException {
        find(wireByte);
        return end;
    }

    long timeOf(long wireByte) throws IOException {
        find(wireByte);
        return time;
    }

    long appendEnd(long wireByte) throws IOException {
        end = wireByte;
        run.visitMessages(
                wireByte,
                (at, length, beginsAppend, _) -> {
                    if (beginsAppend && at > wireByte) {
                        return false;
                    }
                    end = at + length;
                    return true;
                });
        return end;
    }

    private void find(long wireByte) throws IOException {
        run.visitMessages(
                wireByte,
                (at, length, _, appended) -> {
                    start = at;
                    end = at + length;
                    time = appended;
                    return false;
                });
    }
}
