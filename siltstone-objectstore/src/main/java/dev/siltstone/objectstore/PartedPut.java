package dev.siltstone.objectstore;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Puts bodies of any size: small ones at once, large ones in parts, several at a time.
///
/// | body | requests |
/// |---|---|
/// | up to `partBytes` | one put |
/// | larger | start, one per part, complete; and abort if it fails |
public final class PartedPut {
    private PartedPut() {}

    /// Puts an object unless there is one of that key.
    ///
    /// @param partBytes size of parts; raised if the store wants larger ones, or there would be too many
    /// @param atOnce how many parts are under way at a time, each on a virtual thread
    /// @throws EffectUnknownException if the last answer is lost
    public static PutOutcome putIfAbsent(
            ObjectStore store,
            ObjectKey key,
            ObjectBody body,
            PutOptions options,
            long partBytes,
            int atOnce)
            throws IOException {
        if (body.bytes() <= partBytes) {
            return store.putIfAbsent(key, body, options);
        }
        UploadId upload = store.startUpload(key, options);
        PutOutcome outcome;
        try {
            List<UploadedPart> parts = putParts(store, upload, body, Map.of(), partBytes, atOnce);
            outcome = store.completeUploadIfAbsent(upload, parts);
        } catch (IOException | RuntimeException e) {
            abort(store, upload, e);
            throw e;
        }
        if (outcome instanceof PutOutcome.AlreadyThere) {
            store.abortUpload(upload);
        }
        return outcome;
    }

    /// Puts an object, or replaces the one that is there.
    ///
    /// @param partBytes size of parts; raised if the store wants larger ones, or there would be too many
    /// @param atOnce how many parts are under way at a time, each on a virtual thread
    /// @return its ETag
    public static String put(
            ObjectStore store,
            ObjectKey key,
            ObjectBody body,
            PutOptions options,
            long partBytes,
            int atOnce)
            throws IOException {
        if (body.bytes() <= partBytes) {
            return store.put(key, body, options);
        }
        UploadId upload = store.startUpload(key, options);
        try {
            return store.completeUpload(
                    upload, putParts(store, upload, body, Map.of(), partBytes, atOnce));
        } catch (IOException | RuntimeException e) {
            abort(store, upload, e);
            throw e;
        }
    }

    /// Goes on with an upload that was started before, by this process or another: uploads the parts that are
    /// missing, and returns all. Nothing is aborted if it fails; it can be called again.
    ///
    /// @param body the same as before, and `partBytes` too
    /// @throws NoSuchUploadException if the upload was completed or aborted
    public static List<UploadedPart> resume(
            ObjectStore store, UploadId upload, ObjectBody body, long partBytes, int atOnce)
            throws IOException {
        Map<Integer, UploadedPart> arrived = new HashMap<>();
        for (UploadedPart part : store.listParts(upload)) {
            arrived.put(part.number(), part);
        }
        return putParts(store, upload, body, arrived, partBytes, atOnce);
    }

    private static List<UploadedPart> putParts(
            ObjectStore store,
            UploadId upload,
            ObjectBody body,
            Map<Integer, UploadedPart> arrived,
            long partBytes,
            int atOnce)
            throws IOException {
        long size = partSize(store, body.bytes(), partBytes);
        Map<Integer, UploadedPart> parts = new ConcurrentHashMap<>();
        List<BoundedTasks.Task> tasks = new ArrayList<>();
        int number = 0;
        for (long start = 0; start < body.bytes(); start += size) {
            number++;
            int current = number;
            ObjectBody part = body.region(start, Math.min(size, body.bytes() - start));
            UploadedPart there = arrived.get(current);
            if (there != null && there.bytes() == part.bytes()) {
                parts.put(current, there);
            } else {
                tasks.add(() -> parts.put(current, store.putPart(upload, current, part)));
            }
        }
        BoundedTasks.run(atOnce, tasks);
        return parts.keySet().stream().sorted().map(parts::get).toList();
    }

    private static long partSize(ObjectStore store, long bytes, long wanted) {
        long fewEnough = Math.ceilDiv(bytes, UploadedPart.NUMBER_MAX);
        return Math.max(Math.max(wanted, store.partBytesMin()), fewEnough);
    }

    private static void abort(ObjectStore store, UploadId upload, Exception cause) {
        try {
            store.abortUpload(upload);
        } catch (IOException e) {
            cause.addSuppressed(e);
        }
    }
}
