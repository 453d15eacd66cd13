package dev.siltstone.objectstore;

import dev.siltstone.io.Pause;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/// Tries again where that helps, a bounded number of times, with growing pauses; also goes on reading a body
/// where it broke off.
///
/// A conditional write whose answer was lost may have happened. When a later attempt finds the key taken, that
/// may be its own object; so each conditional write is marked with a random token ([PutOptions#WRITER_TOKEN]),
/// and the object that is there is looked at. Who reads through this
/// does not see the token. Where metadata is not kept, the bytes are compared.
///
/// | seen | answer |
/// |---|---|
/// | created | created |
/// | taken, every attempt before certainly failed | already there |
/// | taken, an attempt before may have happened, and the object is ours | created |
/// | the same, and the object is another | already there |
/// | attempts used up, or the look failed, and one may have happened | [EffectUnknownException] |
///
/// Thread-safe.
public final class RetryingStore implements ObjectStore {
    @FunctionalInterface
    private interface Call<T> {
        T make() throws IOException;
    }

    private static final int COMPARE_BYTES = 1 << 16;

    private final ObjectStore store;
    private final RetrySettings settings;
    private final BackOff backOff;
    private final Pause pause;
    private final RandomGenerator tokens;

    /// @param store is closed with this
    /// @param tokens for writer tokens: not seeded alike in two processes
    public RetryingStore(
            ObjectStore store,
            RetrySettings settings,
            BackOff backOff,
            Pause pause,
            RandomGenerator tokens) {
        this.store = store;
        this.settings = settings;
        this.backOff = backOff;
        this.pause = pause;
        this.tokens = tokens;
    }

    private Attempts attempts() {
        return new Attempts(settings.attemptsMax(), backOff, pause);
    }

    private <T> T retrying(Call<T> call) throws IOException {
        Attempts attempts = attempts();
        while (true) {
            try {
                return call.make();
            } catch (ObjectStoreException e) {
                attempts.failed(e);
            }
        }
    }

    @Override
    public boolean keepsMetadata() {
        return store.keepsMetadata();
    }

    @Override
    public boolean setsModified() {
        return store.setsModified();
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
        return resuming(key, retrying(() -> store.get(key)));
    }

    @Override
    public ObjectContent get(ObjectKey key, long start, long bytes) throws IOException {
        return resuming(key, retrying(() -> store.get(key, start, bytes)));
    }

    private ObjectContent resuming(ObjectKey key, ObjectContent content) {
        return new ObjectContent(
                withoutToken(content.info()),
                content.start(),
                content.bytes(),
                new ResumingStream(store, key, content, attempts()));
    }

    @Override
    public ObjectInfo head(ObjectKey key) throws IOException {
        return withoutToken(marked(key));
    }

    private ObjectInfo marked(ObjectKey key) throws IOException {
        return retrying(() -> store.head(key));
    }

    private static ObjectInfo withoutToken(ObjectInfo info) {
        Map<String, String> metadata = new HashMap<>(info.metadata());
        metadata.remove(PutOptions.WRITER_TOKEN);
        return new ObjectInfo(info.key(), info.bytes(), info.etag(), info.modified(), metadata);
    }

    @Override
    public String put(ObjectKey key, ObjectBody body, PutOptions options) throws IOException {
        return retrying(() -> store.put(key, body, options));
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, ObjectBody body, PutOptions options)
            throws IOException {
        PutOptions marked = marked(options);
        Attempts attempts = attempts();
        while (true) {
            try {
                PutOutcome outcome = store.putIfAbsent(key, body, marked);
                if (outcome instanceof PutOutcome.Created || !attempts.effectUnknown()) {
                    return outcome;
                }
                Optional<PutOutcome> found = look(key, marked.writerToken(), body);
                if (found.isPresent()) {
                    return found.get();
                } // else it is gone again, and the key free
                attempts.failed(
                        new StoreUnavailableException(
                                store + ": " + key + " comes and goes", null));
            } catch (ObjectStoreException e) {
                attempts.failed(e);
            }
        }
    }

    private PutOptions marked(PutOptions options) {
        if (!options.writerToken().isEmpty()) {
            return options;
        }
        synchronized (tokens) {
            return options.and(
                    PutOptions.WRITER_TOKEN,
                    "%016x%016x".formatted(tokens.nextLong(), tokens.nextLong()));
        }
    }

    /// Finds out whose object took the key.
    ///
    /// @param body to compare with where there is no token to be found
    /// @return nothing if there is no object
    private Optional<PutOutcome> look(ObjectKey key, String token, @Nullable ObjectBody body)
            throws IOException {
        try {
            ObjectInfo info = marked(key);
            String found = info.metadata().get(PutOptions.WRITER_TOKEN);
            boolean isOurs =
                    found != null || store.keepsMetadata() || body == null
                            ? token.equals(found)
                            : info.bytes() == body.bytes() && isSame(key, body);
            return Optional.of(
                    isOurs ? new PutOutcome.Created(info.etag()) : new PutOutcome.AlreadyThere());
        } catch (NoSuchObjectException e) {
            return Optional.empty();
        } catch (ObjectStoreException e) {
            throw new EffectUnknownException(
                    "an attempt to write %s may have succeeded, and a look did not tell: %s"
                            .formatted(key, e.getMessage()),
                    e);
        }
    }

    private boolean isSame(ObjectKey key, ObjectBody body) throws IOException {
        byte[] theirs = new byte[COMPARE_BYTES];
        byte[] ours = new byte[COMPARE_BYTES];
        try (ObjectContent there = get(key);
                InputStream here = body.open()) {
            int read;
            do {
                read = there.stream().readNBytes(theirs, 0, COMPARE_BYTES);
                if (read != here.readNBytes(ours, 0, COMPARE_BYTES)
                        || !Arrays.equals(theirs, 0, read, ours, 0, read)) {
                    return false;
                }
            } while (read == COMPARE_BYTES);
            return true;
        }
    }

    @Override
    public ObjectPage list(String prefix, @Nullable String after) throws IOException {
        return retrying(() -> store.list(prefix, after));
    }

    @Override
    public void delete(ObjectKey key) throws IOException {
        retrying(() -> {
            store.delete(key);
            return key;
        });
    }

    @Override
    public void delete(Collection<ObjectKey> keys) throws IOException {
        retrying(() -> {
            store.delete(keys);
            return keys;
        });
    }

    /// Starts an upload. When an answer is lost there may be a second one that nobody knows; most stores drop
    /// it after some days.
    @Override
    public UploadId startUpload(ObjectKey key, PutOptions options) throws IOException {
        PutOptions marked = marked(options);
        return retrying(() -> store.startUpload(key, marked));
    }

    @Override
    public UploadedPart putPart(UploadId upload, int number, ObjectBody body) throws IOException {
        return retrying(() -> store.putPart(upload, number, body));
    }

    @Override
    public List<UploadedPart> listParts(UploadId upload) throws IOException {
        return retrying(() -> store.listParts(upload));
    }

    @Override
    public String completeUpload(UploadId upload, List<UploadedPart> parts) throws IOException {
        Attempts attempts = attempts();
        while (true) {
            try {
                return store.completeUpload(upload, parts);
            } catch (NoSuchUploadException e) {
                if (attempts.effectUnknown()
                        && lookAfter(upload, e) instanceof PutOutcome.Created created) {
                    return created.etag();
                }
                throw e;
            } catch (ObjectStoreException e) {
                attempts.failed(e);
            }
        }
    }

    @Override
    public PutOutcome completeUploadIfAbsent(UploadId upload, List<UploadedPart> parts)
            throws IOException {
        Attempts attempts = attempts();
        while (true) {
            try {
                PutOutcome outcome = store.completeUploadIfAbsent(upload, parts);
                if (outcome instanceof PutOutcome.Created || !attempts.effectUnknown()) {
                    return outcome;
                }
                Optional<PutOutcome> found = look(upload.key(), upload.token(), null);
                if (found.isPresent()) {
                    return found.get();
                }
                attempts.failed(
                        new StoreUnavailableException(
                                store + ": " + upload.key() + " comes and goes", null));
            } catch (NoSuchUploadException e) {
                if (!attempts.effectUnknown()) {
                    throw e;
                }
                return lookAfter(upload, e);
            } catch (ObjectStoreException e) {
                attempts.failed(e);
            }
        }
    }

    /// The upload is gone, after an attempt to complete it that may have succeeded.
    private PutOutcome lookAfter(UploadId upload, NoSuchUploadException gone) throws IOException {
        return look(upload.key(), upload.token(), null)
                .orElseThrow(() ->
                        new EffectUnknownException(
                                "%s is gone, and so is its object".formatted(upload), gone));
    }

    @Override
    public void abortUpload(UploadId upload) throws IOException {
        retrying(() -> {
            store.abortUpload(upload);
            return upload;
        });
    }

    @Override
    public long partBytesMin() {
        return store.partBytesMin();
    }

    @Override
    public void close() throws IOException {
        store.close();
    }

    @Override
    public String toString() {
        return store.toString();
    }
}
