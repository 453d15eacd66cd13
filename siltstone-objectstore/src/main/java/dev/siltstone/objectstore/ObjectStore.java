package dev.siltstone.objectstore;

import java.io.Closeable;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A flat space of immutable objects under sorted keys.
///
/// Each method makes one request and does not repeat it by itself ([RetryingStore] does). A failure is an
/// [ObjectStoreException], which says whether a retry helps and whether the effect is unknown; any other
/// `IOException` comes from the machine below (its disk, a body that could not be read), and then a retry
/// helps no more than that machine does.
///
/// [#putIfAbsent] means the same in every store: of any number of callers, in any number of processes, one
/// wins. A store that cannot promise that is refused when it is opened.
///
/// A thread that is interrupted while it waits gets an `InterruptedIOException` and stays interrupted; a
/// write has then happened or not.
///
/// Thread-safe.
public interface ObjectStore extends Closeable {
    /// How many keys one call of [#delete(Collection)] takes.
    int DELETES_MAX = 1000;

    /// Returns whether objects come back with the user metadata they were put with. All stores do but
    /// directories in a file system without extended attributes.
    boolean keepsMetadata();

    /// Returns whether an object can be given its time ([PutOptions#modified()]). S3 cannot.
    boolean setsModified();

    /// Opens an object.
    ///
    /// @throws NoSuchObjectException if there is none
    ObjectContent get(ObjectKey key) throws IOException;

    /// Opens a range of an object: from `start` on `bytes` long, or up to its end if that comes first.
    ///
    /// @param start in 0 to the object's size
    /// @param bytes at least 1
    /// @throws NoSuchObjectException if there is none
    /// @throws ObjectRangeException if `start` is at or past its end
    ObjectContent get(ObjectKey key, long start, long bytes) throws IOException;

    /// Returns what is known about an object.
    ///
    /// @throws NoSuchObjectException if there is none
    ObjectInfo head(ObjectKey key) throws IOException;

    /// Puts an object, or replaces the one that is there. Readers see the old one or the new one, whole.
    ///
    /// @return its ETag
    String put(ObjectKey key, ObjectBody body, PutOptions options) throws IOException;

    /// Puts an object unless there is one of that key.
    ///
    /// @throws EffectUnknownException if the answer is lost: the object may be there, and be this one
    PutOutcome putIfAbsent(ObjectKey key, ObjectBody body, PutOptions options) throws IOException;

    /// Lists objects whose keys begin with `prefix` and sort after `after`, in the order of keys: a page, as
    /// long as the store likes. What was put before the call is listed; what happens meanwhile may be.
    ///
    /// @param prefix any text, also a part of a segment; empty for all
    /// @param after any text, or null for the beginning
    ObjectPage list(String prefix, @Nullable String after) throws IOException;

    /// Deletes an object; that there is none is fine.
    void delete(ObjectKey key) throws IOException;

    /// Deletes objects; those that are not there are fine. If it fails some may be deleted, and the message
    /// names one that is not.
    ///
    /// @param keys at most [#DELETES_MAX]
    void delete(Collection<ObjectKey> keys) throws IOException;

    /// Starts an upload in parts. It lives, and costs room, until it is completed or aborted, by whatever
    /// process.
    UploadId startUpload(ObjectKey key, PutOptions options) throws IOException;

    /// Uploads one part; again under the same number replaces it. Any order, any number at once.
    ///
    /// @param number 1 to [UploadedPart#NUMBER_MAX]
    /// @param body at least [#partBytesMin()] long, unless it is the last
    /// @throws NoSuchUploadException if the upload was completed or aborted
    UploadedPart putPart(UploadId upload, int number, ObjectBody body) throws IOException;

    /// Returns the parts that have arrived, by number.
    ///
    /// @throws NoSuchUploadException if the upload was completed or aborted
    List<UploadedPart> listParts(UploadId upload) throws IOException;

    /// Makes the object of the parts, and replaces the one that is there.
    ///
    /// @param parts by number, at least one
    /// @return its ETag
    /// @throws NoSuchUploadException if the upload was completed or aborted
    String completeUpload(UploadId upload, List<UploadedPart> parts) throws IOException;

    /// Makes the object of the parts unless there is one of that key; then the upload stays, to be aborted.
    ///
    /// @param parts by number, at least one
    /// @throws NoSuchUploadException if the upload was completed or aborted
    PutOutcome completeUploadIfAbsent(UploadId upload, List<UploadedPart> parts) throws IOException;

    /// Ends an upload and drops its parts; that there is none is fine.
    void abortUpload(UploadId upload) throws IOException;

    /// Returns the least size of a part that is not the last.
    long partBytesMin();

    /// Returns where this is, for messages and logs: a URL without secrets.
    @Override
    String toString();
}
