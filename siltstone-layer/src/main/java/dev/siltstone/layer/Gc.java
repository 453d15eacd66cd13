package dev.siltstone.layer;

import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectStore;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/// One collection: finishes what an earlier one began, condemns, deletes. The rules are those of [LogState]; each
/// step reads on and decides anew when another record came first.
///
/// Not thread-safe.
final class Gc {
    private static final int RACES_MAX = 1000;

    private final ObjectStore store;
    private final LayerLog log;
    private final InstantSource clock;
    private LogView view = LogView.EMPTY;

    Gc(ObjectStore store, LayerLog log, InstantSource clock) {
        this.store = store;
        this.log = log;
        this.clock = clock;
    }

    GcResult run(Duration grace) throws IOException {
        view = log.read();
        deleteObjects();
        Map<PackKey, Long> listed = new PackReader(store).list(0);
        PackSet condemned =
                append(state -> state.orphans(listed.keySet()), RecordBody.Condemn::new);
        PackSet deleted =
                append(
                        state -> state.due(clock.instant().minus(grace).plusMillis(1)),
                        RecordBody.Delete::new);
        deleteObjects();
        LogState state = view.state();
        Set<PackKey> live = state.live();
        return new GcResult(
                listed.size(),
                (int) listed.keySet().stream().filter(live::contains).count(),
                condemned.size(),
                deleted.size(),
                state.condemned().size());
    }

    /// Appends what is decided by the newest state; nothing if it is about no pack.
    private PackSet append(Function<LogState, PackSet> decide, Function<PackSet, RecordBody> record)
            throws IOException {
        for (int race = 0; race < RACES_MAX; race++) {
            PackSet packs = decide.apply(view.state());
            if (packs.isEmpty()) {
                return packs;
            }
            Optional<LogView> appended = log.append(view, record.apply(packs));
            if (appended.isPresent()) {
                view = appended.get();
                return packs;
            }
            view = log.follow(view);
        }
        throw new IOException(
                "%s: %d times another record came first; try again when less is going on"
                        .formatted(store, RACES_MAX));
    }

    /// Deletes the objects of what the log says is deleted, and then says so.
    private void deleteObjects() throws IOException {
        PackSet deleting = view.state().deleting();
        List<ObjectKey> keys = deleting.keys().stream().map(PackKey::objectKey).toList();
        for (int start = 0; start < keys.size(); start += ObjectStore.DELETES_MAX) {
            store.delete(
                    keys.subList(start, Math.min(keys.size(), start + ObjectStore.DELETES_MAX)));
        }
        append(
                state -> state.deleting().without(pack -> !deleting.contains(pack)),
                RecordBody.Gone::new);
    }
}
