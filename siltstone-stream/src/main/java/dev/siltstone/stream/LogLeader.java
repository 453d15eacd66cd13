package dev.siltstone.stream;

import dev.siltstone.journal.BatchHandler;
import dev.siltstone.journal.Journal;
import dev.siltstone.journal.Journal.Room;
import dev.siltstone.journal.JournalFailedException;
import dev.siltstone.stream.segment.RunEntry;
import java.nio.ByteBuffer;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What happens to the commands of one batch: each is decided upon against the state that the commands
/// before it made, staged as one entry, and applied; then all entries are forced at once; only then readers
/// see the new tails, watchers wake and answers are given. An answer that wrote nothing waits as well, for
/// it may rest on an entry of the same batch.
///
/// Once the journal has failed, every command is answered [Outcome.Unavailable]; readers keep what was
/// published.
///
/// Not thread-safe; [dev.siltstone.journal.GroupCommit] lets one thread in at a time.
final class LogLeader implements BatchHandler<Request>, Settler.Arrivals {
    private record Answer(Completion completion, Outcome outcome) {}

    private final Journal journal;
    private final LogState state;
    private final CommandRules rules;
    private final Streams streams;
    private final Residents residents;
    private final InstantSource clock;
    private final int entryBytesMax;
    private final List<Runnable> afterBatch = new CopyOnWriteArrayList<>();

    private final List<Request> leftMemory = new ArrayList<>();
    private volatile Consumer<Request> lookUp = _ -> {};
    private boolean untidy;
    private long entriesStaged;
    private long createdStaged;
    private volatile long entries;
    private volatile long created;

    private HeldRequests held = new HeldRequests(0, 0);
    private final Queue<Answer> answers = new ArrayDeque<>();
    private final Set<StreamState> changed = new LinkedHashSet<>();
    private final List<StreamState> news = new ArrayList<>();
    private @Nullable Outcome commitFailed;

    LogLeader(
            Journal journal,
            LogState state,
            CommandRules rules,
            Streams streams,
            Residents residents,
            InstantSource clock,
            int entryBytesMax) {
        this.journal = journal;
        this.entryBytesMax = entryBytesMax;
        this.state = state;
        this.rules = rules;
        this.streams = streams;
        this.residents = residents;
        this.clock = clock;
    }

    void afterBatch(Runnable hook) {
        afterBatch.add(hook);
    }

    /// Says who looks streams up again that have left memory. Must return at once; the request may come back.
    void sendBackTo(Consumer<Request> newLookUp) {
        lookUp = newLookUp;
    }

    /// Says where requests wait for the settler, before the first one comes. Otherwise none does.
    void holdIn(HeldRequests newHeld) {
        held = newHeld;
    }

    /// Refuses what waits for the settler; nobody leads any more.
    void close() {
        refuseHeld(new Outcome.Unavailable("the log is closed"));
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            answer.completion().complete(answer.outcome());
        }
        afterBatch.forEach(Runnable::run);
    }

    private void refuseHeld(Outcome outcome) {
        for (Request.Client next = held.poll(); next != null; next = held.poll()) {
            answer(next, outcome);
        }
    }

    /// Sends back what waited for the settler, as far as it has caught up.
    private void releaseHeld() {
        for (Request.Client late : held.over(clock.millis())) {
            answer(late, settlerIsBehind());
        }
        int room = residents.isBehind(journal.durableEnd()) ? 0 : residents.room();
        Request next = room > 0 ? held.poll() : null;
        for (; next != null; room--) {
            leftMemory.add(next);
            next = room > 1 ? held.poll() : null;
        }
    }

    private static Outcome settlerIsBehind() {
        return new Outcome.TryAgain(
                "more was changed than could be settled into segments yet; try again in a second");
    }

    /// Takes every request. What does not fit into the batch has it committed first; that may happen again,
    /// if a stream's time ran out meanwhile, but not without end: a stream ends once.
    @Override
    public boolean add(Request request) {
        Outcome unavailable = unavailable();
        while (unavailable == null) {
            try {
                if (addToBatch(request)) {
                    return true;
                }
                commit();
                answer();
                unavailable = unavailable();
            } catch (JournalFailedException e) {
                unavailable = unavailable(e);
            }
        }
        refuse(request, unavailable);
        refuseHeld(unavailable);
        return true;
    }

    /// @return false if the batch must be committed first
    private boolean addToBatch(Request request) throws JournalFailedException {
        return switch (request) {
            case Request.Client client -> addClient(client);
            case Request.Refused refused -> {
                refuse(refused, refused.outcome());
                yield true;
            }
            case Request.Expire expire -> {
                Room room = addExpired(expire.streamId());
                if (room == Room.NO_SPACE) {
                    lookAgain(expire.streamId());
                }
                yield room != Room.AFTER_COMMIT;
            }
            case Request.Touch touch -> {
                if (streams.find(touch.streamId()) == null) {
                    leftMemory.add(touch);
                    yield true;
                }
                yield addTouched(touch.streamId()) != Room.AFTER_COMMIT;
            }
            case Request.Tidy _ -> {
                untidy = residents.tidy();
                releaseHeld();
                for (LiveStream read : residents.takeUnpersisted()) {
                    addTouched(read.id()); // if there is no room, it stays until there is
                }
                yield true;
            }
        };
    }

    private void refuse(Request request, Outcome outcome) {
        switch (request) {
            case Request.Client client -> answer(client, outcome);
            case Request.Refused refused -> answers.add(new Answer(refused.completion(), outcome));
            case Request.Expire _, Request.Touch _, Request.Tidy _ -> {}
        }
    }

    /// After a failure the state is ahead of the disk for ever: nothing may be decided upon it.
    private @Nullable Outcome unavailable() {
        Throwable failure = journal.failure();
        return failure == null ? null : unavailable(failure);
    }

    private boolean addClient(Request.Client client) throws JournalFailedException {
        String source = client.sourcePath();
        if (!isLookedUp(client.command().path(), client)
                || (source != null && !isLookedUp(source, client))) {
            leftMemory.add(client);
            return true;
        }
        Room room = endWhatIsOver(client.command());
        if (room == Room.FITS) {
            switch (rules.decide(client, now())) {
                case Decision.Answer decided -> answer(client, decided.outcome());
                case Decision.Write write -> room = addWrite(client, write.entry());
            }
        }
        if (room == Room.NO_SPACE) {
            answer(client, noSpace());
        }
        return room != Room.AFTER_COMMIT;
    }

    /// Says whether it is known who has a path. The state holds that stream then.
    private boolean isLookedUp(String path, Request.Client client) {
        if (state.find(path) != null) {
            return true;
        }
        LiveStream live = streams.find(path);
        if (live != null) {
            residents.adopt(live);
            return true;
        }
        return client.epoch() == streams.epoch() || streams.isComplete();
    }

    private Room addWrite(Request.Client client, Entry entry) throws JournalFailedException {
        int bytesMax = EntryFormat.bytesMax(entry);
        if (bytesMax > entryBytesMax) {
            answer(
                    client,
                    new Outcome.Invalid(
                            "the request takes "
                                    + bytesMax
                                    + " bytes in the journal, at most "
                                    + entryBytesMax
                                    + " are possible"));
            return Room.FITS;
        }
        boolean mustWait =
                residents.isBehind(journal.durableEnd())
                        || (residents.isFull() && !isChanged(entry));
        if (mustWait) {
            if (!held.add(client, clock.millis())) {
                answer(client, settlerIsBehind());
            }
            return Room.FITS;
        }
        Room room = journal.room(bytesMax);
        if (room == Room.FITS) {
            answer(client, outcome(entry, write(entry, bytesMax)));
        }
        return room;
    }

    /// Says whether the stream that a client's entry names changed since the recovery point.
    private boolean isChanged(Entry entry) {
        StreamState stream =
                switch (entry) {
                    case Entry.Appended appended -> state.find(appended.streamId());
                    case Entry.Deleted deleted -> state.find(deleted.streamId());
                    case Entry.Created _, Entry.Opened _, Entry.Expired _, Entry.Touched _ -> null;
                };
        return stream != null && residents.isChanged(stream);
    }

    private static Outcome outcome(Entry entry, StreamState stream) {
        return switch (entry) {
            case Entry.Created _ -> new Outcome.Created(CommandRules.info(stream));
            case Entry.Appended appended ->
                    new Outcome.Appended(stream.tailOffset(), stream.closed(), appended.producer());
            case Entry.Deleted _ -> new Outcome.Deleted();
            case Entry.Opened _, Entry.Expired _, Entry.Touched _ ->
                    throw new IllegalStateException("no client asks for " + entry);
        };
    }

    /// Sees to it that streams whose time is over are no more, before a command is decided upon.
    ///
    /// @return FITS if the decision can be made
    private Room endWhatIsOver(Command command) throws JournalFailedException {
        Room room = endIfOver(command.path());
        if (room == Room.FITS && command instanceof Command.Create create) {
            ForkPoint fork = create.fork();
            return fork == null ? room : endIfOver(fork.sourcePath());
        }
        return room;
    }

    private Room endIfOver(String path) throws JournalFailedException {
        StreamState stream = state.find(path);
        return stream == null ? Room.FITS : addExpired(stream.id);
    }

    private Room addExpired(long streamId) throws JournalFailedException {
        StreamState stream = liveState(streamId);
        return stream != null && streams.live(stream).lastUse().isOver()
                ? addInternal(new Entry.Expired(now(), streamId))
                : Room.FITS;
    }

    /// Nobody else would ask for the end of a stream that nobody uses.
    private void lookAgain(long streamId) {
        StreamState stream = liveState(streamId);
        if (stream != null) {
            streams.lookAgain(streams.live(stream));
        }
    }

    private Room addTouched(long streamId) throws JournalFailedException {
        return liveState(streamId) != null
                ? addInternal(new Entry.Touched(now(), streamId))
                : Room.FITS;
    }

    private @Nullable StreamState liveState(long streamId) {
        if (state.find(streamId) == null) {
            LiveStream live = streams.find(streamId);
            if (live == null) {
                return null;
            }
            residents.adopt(live);
        }
        StreamState stream = state.find(streamId);
        return stream != null && stream.status() == StreamState.Status.LIVE ? stream : null;
    }

    private Room addInternal(Entry entry) throws JournalFailedException {
        int bytesMax = EntryFormat.bytesMax(entry);
        Room room = journal.room(bytesMax);
        if (room == Room.FITS) {
            write(entry, bytesMax);
        }
        return room;
    }

    /// Stages an entry and takes it over into the state.
    ///
    /// @return the stream that it names
    private StreamState write(Entry entry, int bytesMax) {
        long fileStart = journal.activeFileStart();
        ByteBuffer target = journal.beginEntry(bytesMax);
        int dataOffset = EntryFormat.encode(entry, target);
        long position = journal.endEntry();
        entriesStaged++;
        createdStaged += entry instanceof Entry.Created ? 1 : 0;
        List<StreamState> touched;
        try {
            touched = state.apply(position, entry);
        } catch (EntryException e) {
            throw new IllegalStateException("decided upon what cannot be: " + e.getMessage(), e);
        }
        changed.addAll(touched);
        StreamState stream = touched.getFirst();
        LiveStream live = streams.live(stream);
        residents.changed(live);
        for (int i = 1; i < touched.size(); i++) {
            residents.changed(streams.live(touched.get(i)));
        }
        live.lastUse().written(entry.time());
        index(live, fileStart, position, dataOffset, entry);
        return stream;
    }

    private void index(
            LiveStream live, long fileStart, long position, int dataOffset, Entry entry) {
        RunEntry bytes = streams.bytesOf(position, dataOffset, entry);
        if (bytes != null) {
            live.add(fileStart, bytes);
        }
    }

    @Override
    public void commit() {
        commitFailed = force();
    }

    @Override
    public void answer() {
        Outcome failed = commitFailed;
        if (failed == null) {
            publish();
        }
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            answer.completion().complete(failed == null ? answer.outcome() : failed);
        }
        changed.clear();
        afterBatch.forEach(Runnable::run);
        sendBack();
    }

    @Override
    public long entries() {
        return entries;
    }

    @Override
    public long created() {
        return created;
    }

    private void publish() {
        entries = entriesStaged;
        created = createdStaged;
        for (StreamState stream : changed) {
            if (streams.publish(stream)) {
                news.add(stream);
            }
        }
        for (StreamState stream : news) {
            streams.live(stream).wakeWatchers();
        }
        news.clear();
    }

    private void sendBack() {
        if (untidy) {
            untidy = false;
            boolean _ = residents.ask();
        }
        if (!leftMemory.isEmpty()) {
            List<Request> back = List.copyOf(leftMemory);
            leftMemory.clear();
            back.forEach(lookUp);
        }
    }

    /// What was decided may be ahead of the disk and of what readers see: nothing can follow it, and all who
    /// wait are told.
    @Override
    public void broken(List<Request> left, Throwable cause) {
        Outcome unavailable = unavailable(StreamLog.broken(cause));
        left.forEach(request -> refuse(request, unavailable));
        leftMemory.forEach(request -> refuse(request, unavailable));
        leftMemory.clear();
        refuseHeld(unavailable);
        for (Answer answer = answers.poll(); answer != null; answer = answers.poll()) {
            try {
                answer.completion().complete(unavailable);
            } catch (RuntimeException e) {
                cause.addSuppressed(e); // perhaps the mistake itself; the others still wait
            }
        }
        changed.clear();
        afterBatch.forEach(Runnable::run);
    }

    /// @return what to answer everybody, or `null` if all is durable
    private @Nullable Outcome force() {
        try {
            journal.commit();
            return unavailable();
        } catch (JournalFailedException e) {
            return unavailable(e);
        }
    }

    @Override
    public void idle() {
        try {
            journal.mark();
        } catch (JournalFailedException e) {
            // Whoever asks for something next is told; nobody waits here.
        }
    }

    private void answer(Request.Client client, Outcome outcome) {
        answers.add(new Answer(client.completion(), outcome));
    }

    private static Outcome unavailable(Throwable e) {
        return new Outcome.Unavailable(String.valueOf(e.getMessage()));
    }

    private static Outcome noSpace() {
        return new Outcome.NoSpace(
                "the disk has no room for the next journal file; what was acknowledged is safe and"
                        + " readable, appends go on once there is room");
    }

    private long now() {
        return Math.max(clock.millis(), state.time());
    }
}
