package dev.siltstone.stream;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What a stream remembers of its producers: the epoch and the last sequence of each, least recently used
/// first. Kept for at least [#KEPT_MILLIS] after the last use, by entry time; a new producer drops those
/// that are older.
///
/// Not thread-safe; owned by whoever applies entries.
final class ProducerStates {
    /// 7 days.
    static final long KEPT_MILLIS = 7L * 24 * 60 * 60 * 1000;

    /// @param lastSequence the highest accepted in this epoch
    /// @param lastUse entry time of the last accepted request
    record State(long producerEpoch, long lastSequence, long lastUse) {}

    /// One of them, with the name it goes by.
    record Named(String id, State state) {}

    /// In the order of last use, which only entries change: the same after a restart.
    private final LinkedHashMap<String, State> states = new LinkedHashMap<>(4);

    /// Returns the states that are in a list, which is in the order of last use.
    static ProducerStates of(List<Named> named) {
        ProducerStates states = new ProducerStates();
        named.forEach(one -> states.states.put(one.id(), one.state()));
        return states;
    }

    /// Returns what is known of a producer.
    @Nullable State find(String id) {
        return states.get(id);
    }

    /// Takes over what an entry says.
    void accept(Producer producer, long time) {
        boolean known = states.remove(producer.id()) != null;
        states.put(producer.id(), new State(producer.producerEpoch(), producer.sequence(), time));
        if (!known) {
            dropOlderThan(time - KEPT_MILLIS);
        }
    }

    private void dropOlderThan(long time) {
        Iterator<State> oldestFirst = states.values().iterator();
        while (oldestFirst.hasNext() && oldestFirst.next().lastUse() < time) {
            oldestFirst.remove();
        }
    }

    /// Says whether one more producer at `time` would be one too many.
    boolean isFull(int producersMax, long time) {
        return states.size() >= producersMax
                && states.firstEntry().getValue().lastUse() >= time - KEPT_MILLIS;
    }

    /// Returns all that is remembered, in the order of last use.
    List<Named> named() {
        List<Named> named = new ArrayList<>(states.size());
        states.forEach((id, state) -> named.add(new Named(id, state)));
        return named;
    }

    /// Returns all that is remembered, for comparing and describing.
    Map<String, State> asMap() {
        return states;
    }
}
