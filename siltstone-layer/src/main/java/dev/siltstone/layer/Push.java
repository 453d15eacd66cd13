package dev.siltstone.layer;

import dev.siltstone.objectstore.BoundedTasks;
import dev.siltstone.objectstore.ObjectStore;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// One push of a tree under a name. What it put stays when it fails, and the next push finds it.
///
/// | step | requests |
/// |---|---|
/// | read the log, and the commit of the name | 1 to 3 |
/// | first frame that nobody remembers: what is known? | pages of the layer before, a listing, indexes of packs left behind |
/// | packs, as they get full; the last with pages | one put each |
/// | commit | one put; more when others commit meanwhile |
///
/// A tree that is unchanged, and remembered, costs the first line. When gc took a pack meanwhile, the source is asked
/// again, and what was in it is sent under a new key.
///
/// Not thread-safe.
final class Push implements Closeable {
    private static final int ATTEMPTS_MAX = 10;
    private static final int COMMITS_MAX = 1000;
    private static final int READS_AT_ONCE = 8;

    private final ObjectStore store;
    private final LayerLog log;
    private final FrameFetch fetch;
    private final String name;
    private final PushSettings settings;
    private final PushProgress progress;
    private final FrameTable table = new FrameTable();
    private final PackWriter packs;
    private LogView view;

    Push(
            ObjectStore store,
            LayerLog log,
            LogView view,
            Session session,
            String name,
            PushSettings settings,
            PushProgress progress) {
        this.store = store;
        this.log = log;
        this.view = view;
        this.fetch = new FrameFetch(store);
        this.name = LayerNames.require(name);
        this.settings = settings;
        this.progress = progress;
        this.packs =
                new PackWriter(
                        store, session, settings.packBytes(), settings.putsAtOnce(), progress);
    }

    /// Pushes.
    ///
    /// @throws IOException if the source or the store fails; the name stands for what it stood for, unless the
    ///     exception says that the effect is unknown
    Pushed run(TarSource source, TarMemory memory) throws IOException {
        TarMemory trusted = memory;
        for (int attempt = 0; attempt < ATTEMPTS_MAX; attempt++) {
            try {
                Optional<Pushed> pushed = attempt(source, trusted);
                if (pushed.isPresent()) {
                    return pushed.get();
                }
            } catch (ForgottenFrameException e) {
                if (trusted == TarMemory.NONE) {
                    throw e;
                }
                trusted = TarMemory.NONE;
            }
        }
        throw new IOException(
                "%s: gc deleted packs of this push %d times before it was done; give gc a longer grace and try again"
                        .formatted(name, ATTEMPTS_MAX));
    }

    private Optional<Pushed> attempt(TarSource source, TarMemory memory) throws IOException {
        NamedLayer named = view.state().named(name);
        RecordBody.Commit base = named == null ? null : log.commit(named);
        table.loadFrom(into -> load(base, into));
        boolean trusted = base != null && base.identity().equals(memory.identity());
        try (PageBuilder pages = new PageBuilder(table, packs, base, settings);
                FramePipeline pipeline =
                        new FramePipeline(table, packs, pages, settings, progress)) {
            TarFramer framer = new TarFramer(pipeline, memory, trusted, settings.runBytes());
            source.writeTo(framer);
            framer.end();
            pipeline.finish();
            return commit(pages, pipeline.diffId(), framer.sorted(), base, named);
        }
    }

    private Optional<Pushed> commit(
            PageBuilder pages,
            @Nullable Digest diffId,
            boolean sorted,
            RecordBody.@Nullable Commit base,
            @Nullable NamedLayer named)
            throws IOException {
        Digest identity = ManifestFormat.identity(pages.pages());
        if (base != null && named != null && base.identity().equals(identity)) {
            return Optional.of(pushed(base, named.number(), false));
        }
        packs.finish();
        RecordBody.Commit commit =
                new RecordBody.Commit(
                        name,
                        identity,
                        diffId,
                        pages.tarBytes(),
                        pages.entries(),
                        pages.frames(),
                        sorted,
                        pages.pages(),
                        pages.packs());
        for (int race = 0; race < COMMITS_MAX; race++) {
            if (isShort(commit)) {
                table.forget(view.state());
                return Optional.empty();
            }
            Optional<LogView> appended = log.append(view, commit);
            if (appended.isPresent()) {
                view = appended.get();
                return Optional.of(pushed(commit, view.number(), true));
            }
            view = log.follow(view);
        }
        throw new IOException(
                "%s: %d times another record came first; try again when less is going on"
                        .formatted(name, COMMITS_MAX));
    }

    /// Returns whether a pack that the commit would name was deleted.
    private boolean isShort(RecordBody.Commit commit) {
        for (PackKey pack : commit.packs()) {
            if (view.state().isDeleted(pack)) {
                return true;
            }
        }
        return false;
    }

    private Pushed pushed(RecordBody.Commit commit, long number, boolean isNew) {
        return new Pushed(
                name,
                commit.identity(),
                number,
                isNew,
                commit.diffId(),
                commit.tarBytes(),
                commit.entries(),
                commit.frames(),
                progress.newFrames(),
                progress.packs(),
                progress.sentBytes());
    }

    /// Reads which frames are there: those of the layer before, then those of packs that nobody names.
    private void load(RecordBody.@Nullable Commit base, Map<Digest, Located> into)
            throws IOException {
        if (base != null) {
            new ManifestReader(fetch, base)
                    .placements(frame -> into.putIfAbsent(frame.digest(), frame));
        }
        LogState state = view.state();
        PackReader reader = new PackReader(store);
        long began = Math.max(0, state.number() - LogState.REUSE_RECORDS + 1);
        Map<PackKey, Long> left = new TreeMap<>(reader.list(began));
        left.keySet().removeAll(state.live());
        left.keySet().removeIf(pack -> !state.isUsable(pack));
        List<BoundedTasks.Task> tasks = new ArrayList<>();
        left.forEach((pack, bytes) -> tasks.add(() -> loadIndex(reader, pack, bytes, into)));
        BoundedTasks.run(READS_AT_ONCE, tasks);
    }

    /// A pack that is damaged, or was deleted meanwhile, is as good as none.
    private static void loadIndex(
            PackReader reader, PackKey pack, long bytes, Map<Digest, Located> into)
            throws IOException {
        try {
            List<PackFormat.Row> rows = reader.index(pack, bytes);
            synchronized (into) {
                rows.forEach(row -> into.putIfAbsent(row.frame().digest(), row.frame()));
            }
        } catch (LayerDamagedException | dev.siltstone.objectstore.NoSuchObjectException e) {
            // its frames are sent again
        }
    }

    @Override
    public void close() {
        packs.close();
    }
}
