package dev.siltstone.layer;

import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What the log says, up to a record: the fold of all records.
///
/// A pack goes through these states; arrows not drawn are not taken:
///
/// ```
///   (listed, unknown) --condemn--> condemned --delete--> deleting --gone--> gone --> (forgotten)
///          |                          |
///          '---------commit-----------+----> live --(last name goes)--> (listed, unknown)
/// ```
///
/// | rule | whose |
/// |---|---|
/// | a record is put, if absent, only by who has applied all records before it | writers |
/// | a commit names no pack that is deleting or gone: what it needs of those is sent again, under a new key | push |
/// | a deletion names condemned packs only; a commit takes what it names out of the condemned | gc |
/// | an object is deleted only after the record that says so is in the log | gc |
/// | a key is never used again | [Session] |
/// | packs that no live layer names may be used only if their session began at most [#REUSE_RECORDS] records ago: so long is remembered what was deleted | push |
///
/// Immutable.
///
/// @param number of the last record applied; 0 before the first
/// @param condemned packs, and since when
/// @param deleting packs whose objects may still be there
/// @param gone packs of sessions that may still be used, whose objects are gone
record LogState(
        long number,
        NavigableMap<String, NamedLayer> names,
        NavigableMap<PackKey, Condemned> condemned,
        PackSet deleting,
        PackSet gone) {
    /// For so many records a session's packs can be used by others.
    static final long REUSE_RECORDS = 1000;

    static final LogState EMPTY =
            new LogState(0, new TreeMap<>(), new TreeMap<>(), PackSet.EMPTY, PackSet.EMPTY);

    /// @param number of the record
    /// @param time that it tells
    record Condemned(long number, Instant time) {}

    LogState {
        names = Collections.unmodifiableNavigableMap(names);
        condemned = Collections.unmodifiableNavigableMap(condemned);
    }

    /// Returns the state after one more record. Never refuses one: what it says about packs that are not as it
    /// supposes has no effect.
    LogState apply(long next, Instant time, RecordBody body) {
        if (next != number + 1) {
            throw new IllegalStateException("record %d after %d".formatted(next, number));
        }
        LogState applied =
                switch (body) {
                    case RecordBody.Commit commit -> commit(next, time, commit);
                    case RecordBody.Remove remove -> remove(next, remove.name());
                    case RecordBody.Condemn condemn -> condemn(next, time, condemn.packs());
                    case RecordBody.Delete delete -> delete(next, delete.packs());
                    case RecordBody.Gone gone -> gone(next, gone.packs());
                };
        return applied.forget();
    }

    private LogState commit(long next, Instant time, RecordBody.Commit commit) {
        NavigableMap<String, NamedLayer> after = new TreeMap<>(names);
        after.put(
                commit.name(),
                new NamedLayer(
                        commit.name(),
                        next,
                        time,
                        commit.identity(),
                        commit.tarBytes(),
                        commit.entries(),
                        commit.packs()));
        NavigableMap<PackKey, Condemned> rest = new TreeMap<>(condemned);
        rest.keySet().removeAll(commit.packs().keys());
        return new LogState(next, after, rest, deleting, gone);
    }

    private LogState remove(long next, String name) {
        NavigableMap<String, NamedLayer> after = new TreeMap<>(names);
        after.remove(name);
        return new LogState(next, after, condemned, deleting, gone);
    }

    private LogState condemn(long next, Instant time, PackSet packs) {
        NavigableMap<PackKey, Condemned> more = new TreeMap<>(condemned);
        Set<PackKey> live = live();
        for (PackKey pack : packs) {
            if (!live.contains(pack) && !isDeleted(pack)) {
                more.putIfAbsent(pack, new Condemned(next, time));
            }
        }
        return new LogState(next, names, more, deleting, gone);
    }

    private LogState delete(long next, PackSet packs) {
        NavigableMap<PackKey, Condemned> rest = new TreeMap<>(condemned);
        rest.keySet().removeAll(packs.keys());
        PackSet more = deleting.plus(packs.without(pack -> !condemned.containsKey(pack)).keys());
        return new LogState(next, names, rest, more, gone);
    }

    private LogState gone(long next, PackSet packs) {
        PackSet more = gone.plus(packs.without(pack -> !deleting.contains(pack)).keys());
        return new LogState(next, names, condemned, deleting.without(packs::contains), more);
    }

    private LogState forget() {
        return new LogState(
                number, names, condemned, deleting, gone.without(pack -> !mayBeUsed(pack)));
    }

    /// Returns whether a pack's session began so lately that a deletion of it would be remembered.
    boolean mayBeUsed(PackKey pack) {
        return pack.session().began() + REUSE_RECORDS > number;
    }

    /// Returns whether a push that read up to here may count on a pack that it saw in a listing since, or in a
    /// commit. Records to come may take that back.
    boolean isUsable(PackKey pack) {
        return !isDeleted(pack) && (mayBeUsed(pack) || live().contains(pack));
    }

    /// Returns what gc condemns of the packs that are there: those that nothing names.
    PackSet orphans(Collection<PackKey> listed) {
        Set<PackKey> live = live();
        return PackSet.of(listed)
                .without(pack ->
                        live.contains(pack)
                                || condemned.containsKey(pack)
                                || deleting.contains(pack));
    }

    /// Returns what gc may delete: packs condemned before a moment and not rescued since.
    PackSet due(Instant before) {
        return PackSet.of(condemned.keySet()).without(pack -> !condemnedBefore(pack, before));
    }

    private boolean condemnedBefore(PackKey pack, Instant before) {
        Condemned since = condemned.get(pack);
        return since != null && since.time().isBefore(before);
    }

    boolean isDeleted(PackKey pack) {
        return deleting.contains(pack) || gone.contains(pack);
    }

    /// Returns all packs that layers with a name lie in.
    Set<PackKey> live() {
        return names.values().stream()
                .flatMap(layer -> layer.packs().keys().stream())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Nullable NamedLayer named(String name) {
        return names.get(name);
    }
}
