package dev.siltstone.bench;

import java.util.ArrayList;
import java.util.List;

/// Who writes what: as few lanes as give every writer a stream and every stream a writer.
///
/// Lane `n` writes stream `n modulo streams` and belongs to writer `n modulo writers`; there are as many as
/// the larger of both.
final class Lanes {
    private final List<Lane> lanes = new ArrayList<>();
    private final int streams;
    private final int writers;

    Lanes(int streams, int writers) {
        this.streams = streams;
        this.writers = writers;
        for (int i = 0; i < Math.max(streams, writers); i++) {
            lanes.add(new Lane(i, i % streams));
        }
    }

    int streams() {
        return streams;
    }

    Lane lane(int number) {
        return lanes.get(number);
    }

    int count() {
        return lanes.size();
    }

    /// Returns the lanes of a writer, which takes them in turn.
    List<Lane> ofWriter(int writer) {
        return every(writer, writers);
    }

    /// Returns the lanes that write a stream.
    List<Lane> ofStream(int stream) {
        return every(stream, streams);
    }

    private List<Lane> every(int first, int step) {
        List<Lane> some = new ArrayList<>();
        for (int i = first; i < lanes.size(); i += step) {
            some.add(lanes.get(i));
        }
        return some;
    }

    /// Returns how many messages were acknowledged in all.
    long acknowledged() {
        long sum = 0;
        for (Lane lane : lanes) {
            sum += lane.acknowledged();
        }
        return sum;
    }
}
