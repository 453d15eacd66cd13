package dev.siltstone.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Walks through every interleaving of the store calls of two pushes and a gc in a small world, with calls whose
/// answer is lost (the effect happened, did not happen, or happens at any later moment) and processes that
/// die. The fold of the log and the decisions are the real ones ([LogState]).
///
/// The world begins with one pack that nothing names any more. Both pushes want its frame: they reuse the pack
/// where they may, and upload their own where not.
///
/// What must hold in every world that can be reached: each pack that a name stands on is there; nobody commits
/// twice. That the walk would find a breach is shown by taking away one rule at a time.
class GcModelTest {
    /// What the protocol asks of its users.
    enum Rule {
        COMMIT_AFTER_READING_ALL,
        DELETED_PACKS_ARE_SENT_AGAIN,
        NEW_KEY_WHEN_SENT_AGAIN,
        ONLY_THE_CONDEMNED_ARE_DELETED,
        RECORD_BEFORE_DELETION,
        DELETIONS_ARE_REMEMBERED,
        OWN_RECORD_IS_RECOGNISED
    }

    enum PushPhase {
        READ,
        LIST,
        UPLOAD,
        FOLLOW,
        COMMIT,
        DONE
    }

    enum GcPhase {
        READ,
        LIST,
        CONDEMN,
        DELETE,
        REMOVE,
        GONE,
        DONE
    }

    record Pusher(PushPhase phase, int view, int run, int number, PackKey pack, int commits) {}

    record Collector(GcPhase phase, int view, Set<PackKey> packs, int rounds) {}

    /// A record, and whose it is: 0 gc, 1 and 2 the pushes.
    static final class Entry {
        final RecordBody body;
        final int writer;
        final int run;
        private final int hash;

        Entry(RecordBody body, int writer, int run) {
            this.body = body;
            this.writer = writer;
            this.run = run;
            this.hash = 31 * (31 * body.hashCode() + writer) + run;
        }

        @Override
        public boolean equals(Object other) {
            return this == other
                    || other instanceof Entry entry
                            && hash == entry.hash
                            && writer == entry.writer
                            && run == entry.run
                            && body.equals(entry.body);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public String toString() {
            return writer + ": " + body;
        }
    }

    /// An effect whose caller was told nothing; it happens once, at any moment, or never.
    sealed interface Late {
        record Put(PackKey pack) implements Late {}

        record Remove(Set<PackKey> packs) implements Late {}

        record Append(int number, Entry entry) implements Late {}
    }

    record World(
            List<Entry> log,
            Set<PackKey> objects,
            List<Pusher> pushers,
            Collector gc,
            Set<Late> late,
            int faults,
            int crashes) {
        World log(Entry entry) {
            List<Entry> longer = new ArrayList<>(log);
            longer.add(entry);
            return new World(List.copyOf(longer), objects, pushers, gc, late, faults, crashes);
        }

        World objects(Set<PackKey> after) {
            return new World(log, Set.copyOf(after), pushers, gc, late, faults, crashes);
        }

        World put(PackKey pack) {
            Set<PackKey> after = new HashSet<>(objects);
            after.add(pack);
            return objects(after);
        }

        World remove(Set<PackKey> packs) {
            Set<PackKey> after = new HashSet<>(objects);
            after.removeAll(packs);
            return objects(after);
        }

        World pusher(int index, Pusher pusher) {
            List<Pusher> after = new ArrayList<>(pushers);
            after.set(index, pusher);
            return new World(log, objects, List.copyOf(after), gc, late, faults, crashes);
        }

        World gc(Collector collector) {
            return new World(log, objects, pushers, collector, late, faults, crashes);
        }

        World late(Set<Late> after) {
            return new World(log, objects, pushers, gc, Set.copyOf(after), faults, crashes);
        }

        World fault() {
            return new World(log, objects, pushers, gc, late, faults - 1, crashes);
        }

        World crash() {
            return new World(log, objects, pushers, gc, late, faults, crashes - 1);
        }

        World happensLate(Late effect) {
            Set<Late> after = new HashSet<>(late);
            after.add(effect);
            return late(after);
        }
    }

    private static final PackKey OLD = new PackKey(new Session(0, 0, 0), 0);
    private static final int ROUNDS = 2;
    private static final List<Entry> OLD_LOG =
            List.of(
                    new Entry(commitOf("old", OLD), 3, 0),
                    new Entry(new RecordBody.Remove("old"), 3, 0));
    private static final List<Pusher> IDLE =
            List.of(
                    new Pusher(PushPhase.READ, 0, 0, 0, null, 0),
                    new Pusher(PushPhase.READ, 0, 0, 0, null, 0));
    private static final Collector READING = new Collector(GcPhase.READ, 0, Set.of(), 0);

    /// All worlds that were seen, and for each the one it was reached from.
    private static final class Walk {
        private final Set<Rule> rules;
        private final Map<List<Entry>, LogState> folds = new HashMap<>();
        private final Set<World> seen = new HashSet<>();
        private final ArrayDeque<World> next = new ArrayDeque<>();
        private int committed;

        Walk(Set<Rule> rules) {
            this.rules = rules;
        }

        /// @return what is wrong with the first wrong world; null if none is
        String go(World start) {
            visit(start);
            while (!next.isEmpty()) {
                World world = next.pop();
                String breach = breach(world);
                if (breach != null) {
                    return breach + " in " + world;
                }
                step(world);
            }
            return null;
        }

        private void visit(World world) {
            if (seen.add(world)) {
                next.push(world);
            }
        }

        private LogState state(List<Entry> log) {
            LogState known = folds.get(log);
            if (known == null) {
                known = LogState.EMPTY;
                for (Entry entry : log) {
                    known = known.apply(known.number() + 1, Instant.EPOCH, entry.body);
                }
                folds.put(log, known);
            }
            return known;
        }

        private LogState state(World world, int view) {
            return state(world.log.subList(0, view));
        }

        private String breach(World world) {
            for (PackKey pack : state(world.log).live()) {
                if (!world.objects.contains(pack)) {
                    return pack + " is named and not there";
                }
            }
            for (int i = 0; i < 2; i++) {
                for (int run = 0; run < 2; run++) {
                    int writer = i + 1;
                    int which = run;
                    if (world.log.stream().filter(e -> e.writer == writer && e.run == which).count()
                            > 1) {
                        return "push " + writer + " committed twice";
                    }
                }
            }
            boolean finished =
                    world.pushers.stream().allMatch(p -> p.phase == PushPhase.DONE)
                            && world.gc.phase == GcPhase.DONE;
            committed += finished ? 1 : 0;
            if (finished && !state(world.log).names().keySet().equals(Set.of("1", "2"))) {
                return "a finished push is not in the log";
            }
            return null;
        }

        private void step(World world) {
            for (int i = 0; i < 2; i++) {
                push(world, i);
                Pusher pusher = world.pushers.get(i);
                if (world.crashes > 0 && pusher.phase != PushPhase.DONE && pusher.run == 0) {
                    Pusher again = new Pusher(PushPhase.READ, 0, 1, 0, null, 0);
                    visit(world.crash().pusher(i, again));
                }
            }
            collect(world);
            if (world.crashes > 0 && world.gc.phase != GcPhase.DONE) {
                visit(world.crash().gc(new Collector(GcPhase.READ, 0, Set.of(), world.gc.rounds)));
            }
            for (Late effect : world.late) {
                Set<Late> rest = new HashSet<>(world.late);
                rest.remove(effect);
                visit(happen(world.late(rest), effect));
            }
        }

        private World happen(World world, Late effect) {
            return switch (effect) {
                case Late.Put put -> world.put(put.pack);
                case Late.Remove remove -> world.remove(remove.packs);
                case Late.Append append ->
                        world.log.size() + 1 == append.number ? world.log(append.entry) : world;
            };
        }

        /// A call that changes something: it is answered, or the answer is lost in one of three ways.
        private void call(World world, Late effect, Function<World, World> answered) {
            visit(answered.apply(happen(world, effect)));
            if (world.faults > 0) {
                visit(happen(world.fault(), effect));
                visit(world.fault().happensLate(effect));
                visit(world.fault());
            }
        }

        private void push(World world, int index) {
            Pusher p = world.pushers.get(index);
            int end = world.log.size();
            switch (p.phase) {
                case READ -> {
                    Pusher read = new Pusher(PushPhase.LIST, end, p.run, 0, null, 0);
                    visit(world.pusher(index, read));
                }
                case LIST -> visit(world.pusher(index, choose(world, p, index)));
                case UPLOAD ->
                        call(
                                world,
                                new Late.Put(p.pack),
                                after -> after.pusher(index, phase(p, PushPhase.FOLLOW)));
                case FOLLOW -> visit(world.pusher(index, follow(world, p, index)));
                case COMMIT -> commit(world, p, index);
                case DONE -> {}
            }
        }

        private PackKey own(Pusher p, int index, int number) {
            return new PackKey(new Session(2, 1 + index, p.run), number);
        }

        private Pusher phase(Pusher p, PushPhase phase) {
            return new Pusher(phase, p.view, p.run, p.number, p.pack, p.commits);
        }

        private Pusher choose(World world, Pusher p, int index) {
            LogState state = state(world, p.view);
            for (PackKey listed : new TreeSet<>(world.objects)) {
                boolean usable =
                        rules.contains(Rule.DELETIONS_ARE_REMEMBERED)
                                ? state.isUsable(listed)
                                : !state.deleting().contains(listed);
                if (usable) {
                    return new Pusher(PushPhase.FOLLOW, p.view, p.run, p.number, listed, 0);
                }
            }
            return new Pusher(PushPhase.UPLOAD, p.view, p.run, 1, own(p, index, 0), 0);
        }

        private Pusher follow(World world, Pusher p, int index) {
            int end = world.log.size();
            LogState state = state(world.log);
            boolean believed = !rules.contains(Rule.NEW_KEY_WHEN_SENT_AGAIN) && p.number > 0;
            boolean deleted =
                    rules.contains(Rule.DELETIONS_ARE_REMEMBERED)
                            ? state.isDeleted(p.pack)
                            : state.deleting().contains(p.pack);
            if (rules.contains(Rule.DELETED_PACKS_ARE_SENT_AGAIN) && deleted && !believed) {
                PackKey again =
                        rules.contains(Rule.NEW_KEY_WHEN_SENT_AGAIN)
                                ? own(p, index, p.number)
                                : p.pack;
                return new Pusher(PushPhase.UPLOAD, end, p.run, p.number + 1, again, 0);
            }
            return new Pusher(PushPhase.COMMIT, end, p.run, p.number, p.pack, 0);
        }

        private void commit(World world, Pusher p, int index) {
            Entry entry = new Entry(commitOf("" + (index + 1), p.pack), index + 1, p.run);
            int number =
                    rules.contains(Rule.COMMIT_AFTER_READING_ALL)
                            ? p.view + 1
                            : world.log.size() + 1;
            append(
                    world,
                    number,
                    entry,
                    after -> after.pusher(index, phase(p, PushPhase.DONE)),
                    after -> after.pusher(index, phase(p, PushPhase.FOLLOW)));
        }

        private void append(
                World world,
                int number,
                Entry entry,
                Function<World, World> done,
                Function<World, World> taken) {
            if (number == world.log.size() + 1) {
                call(world, new Late.Append(number, entry), done);
            } else if (rules.contains(Rule.OWN_RECORD_IS_RECOGNISED)
                    && world.log.get(number - 1).equals(entry)) {
                visit(done.apply(world));
            } else {
                visit(taken.apply(world));
            }
        }

        private void collect(World world) {
            Collector g = world.gc;
            LogState state = state(world, g.view);
            switch (g.phase) {
                case READ -> {
                    int end = world.log.size();
                    Set<PackKey> left = Set.copyOf(state(world.log).deleting().keys());
                    GcPhase then = left.isEmpty() ? GcPhase.LIST : GcPhase.REMOVE;
                    visit(world.gc(new Collector(then, end, left, g.rounds)));
                }
                case LIST ->
                        visit(
                                world.gc(
                                        new Collector(
                                                GcPhase.CONDEMN, g.view, world.objects, g.rounds)));
                case CONDEMN -> {
                    PackSet orphans = state.orphans(g.packs);
                    if (orphans.isEmpty()) {
                        visit(world.gc(new Collector(GcPhase.DELETE, g.view, Set.of(), g.rounds)));
                    } else {
                        record(world, new RecordBody.Condemn(orphans), GcPhase.DELETE, Set.of());
                    }
                }
                case DELETE -> {
                    PackSet due = state.due(Instant.MAX);
                    Set<PackKey> packs = Set.copyOf(due.keys());
                    if (due.isEmpty()) {
                        visit(world.gc(end(g)));
                    } else if (!rules.contains(Rule.RECORD_BEFORE_DELETION)
                            && world.objects.containsAll(packs)) {
                        visit(world.remove(packs));
                    } else {
                        record(world, new RecordBody.Delete(due), GcPhase.REMOVE, packs);
                    }
                }
                case REMOVE ->
                        call(
                                world,
                                new Late.Remove(g.packs),
                                after ->
                                        after.gc(
                                                new Collector(
                                                        GcPhase.GONE, g.view, g.packs, g.rounds)));
                case GONE ->
                        append(
                                world,
                                g.view + 1,
                                new Entry(new RecordBody.Gone(PackSet.of(g.packs)), 0, g.view),
                                after -> after.gc(end(after.gc)),
                                after -> after.gc(at(after.gc, after.log.size())));
                case DONE -> {}
            }
        }

        private Collector end(Collector g) {
            int rounds = g.rounds + 1;
            return rounds == ROUNDS
                    ? new Collector(GcPhase.DONE, 0, Set.of(), rounds)
                    : new Collector(GcPhase.READ, 0, Set.of(), rounds);
        }

        private Collector at(Collector g, int view) {
            return new Collector(g.phase, view, g.packs, g.rounds);
        }

        /// Appends what gc decided; if another was faster it reads on and decides again.
        private void record(World world, RecordBody body, GcPhase then, Set<PackKey> packs) {
            Collector g = world.gc;
            append(
                    world,
                    g.view + 1,
                    new Entry(body, 0, g.view),
                    after -> {
                        int view = g.view + 1;
                        Set<PackKey> real = packs;
                        return after.gc(new Collector(then, view, real, g.rounds));
                    },
                    after -> {
                        if (!rules.contains(Rule.ONLY_THE_CONDEMNED_ARE_DELETED)
                                && then == GcPhase.REMOVE) {
                            return after.gc(new Collector(then, after.log.size(), packs, g.rounds));
                        }
                        return after.gc(at(g, after.log.size()));
                    });
        }
    }

    private static RecordBody commitOf(String name, PackKey pack) {
        return new RecordBody.Commit(
                name, LogRecord.NONE, null, 0, 0, 0, true, List.of(), PackSet.of(List.of(pack)));
    }

    /// One pack that nothing names any more.
    private static World fresh(int faults, int crashes) {
        return new World(OLD_LOG, Set.of(OLD), IDLE, READING, Set.of(), faults, crashes);
    }

    /// The pack was deleted long ago; a put and a deletion of it, both believed lost, are still on their way.
    private static World haunted() {
        List<Entry> log = new ArrayList<>(OLD_LOG);
        PackSet old = PackSet.of(List.of(OLD));
        log.add(new Entry(new RecordBody.Condemn(old), 0, 0));
        log.add(new Entry(new RecordBody.Delete(old), 0, 0));
        log.add(new Entry(new RecordBody.Gone(old), 0, 0));
        Set<Late> late = Set.of(new Late.Put(OLD), new Late.Remove(Set.of(OLD)));
        return new World(List.copyOf(log), Set.of(), IDLE, READING, late, 0, 0);
    }

    @Test
    void noInterleavingLosesAPackThatIsNamed() {
        assertHolds(fresh(0, 0));
    }

    @Test
    void norDoesOneLostAnswer() {
        assumeTrue(Boolean.getBoolean("siltstone.long"), "with -Plong");
        assertHolds(fresh(1, 0));
    }

    @Test
    void norDoEffectsThatComeLate() {
        assumeTrue(Boolean.getBoolean("siltstone.long"), "with -Plong");
        assertHolds(haunted());
    }

    @Test
    void norDoesADeath() {
        assertHolds(fresh(0, 1));
    }

    private static void assertHolds(World start) {
        Walk walk = new Walk(EnumSet.allOf(Rule.class));

        assertThat(walk.go(start)).isNull();
        assertThat(walk.seen).as("worlds").hasSizeGreaterThan(200);
        assertThat(walk.committed).as("worlds in which all is done").isPositive();
    }

    @ParameterizedTest
    @EnumSource(Rule.class)
    void withoutOneRuleTheWalkFindsABreach(Rule without) {
        Walk walk = new Walk(EnumSet.complementOf(EnumSet.of(without)));
        World start =
                switch (without) {
                    case DELETIONS_ARE_REMEMBERED -> haunted();
                    case OWN_RECORD_IS_RECOGNISED -> fresh(1, 0);
                    default -> fresh(0, 0);
                };

        assertThat(walk.go(start)).isNotNull();
    }
}
