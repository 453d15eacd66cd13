package dev.siltstone.objectstore.s3;

import dev.siltstone.objectstore.Limits;
import dev.siltstone.objectstore.ListedObject;
import dev.siltstone.objectstore.NoSuchObjectException;
import dev.siltstone.objectstore.NoSuchUploadException;
import dev.siltstone.objectstore.ObjectBody;
import dev.siltstone.objectstore.ObjectContent;
import dev.siltstone.objectstore.ObjectInfo;
import dev.siltstone.objectstore.ObjectKey;
import dev.siltstone.objectstore.ObjectPage;
import dev.siltstone.objectstore.ObjectRangeException;
import dev.siltstone.objectstore.ObjectStore;
import dev.siltstone.objectstore.PutOptions;
import dev.siltstone.objectstore.PutOutcome;
import dev.siltstone.objectstore.StoreRefusedException;
import dev.siltstone.objectstore.UploadId;
import dev.siltstone.objectstore.UploadedPart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.awscore.AwsRequestOverrideConfiguration;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedMultipartUpload;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.Delete;
import software.amazon.awssdk.services.s3.model.DeleteObjectsResponse;
import software.amazon.awssdk.services.s3.model.GetObjectRequest;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.ListPartsResponse;
import software.amazon.awssdk.services.s3.model.ObjectIdentifier;
import software.amazon.awssdk.services.s3.model.S3Object;

/// Objects in a bucket of S3 or of a store that speaks S3, below a prefix.
///
/// Each method makes one request, and never repeats it, but for a put that the store refuses as it is made
/// ([DirectPuts]): that is made once more by the SDK. [#listParts] makes one per 1000 parts, and
/// [#delete(Collection)] one per key where the profile has no batch.
///
/// Objects whose names are no valid keys are not listed.
///
/// Thread-safe; calls wait, so virtual threads suit them.
public final class S3Store implements ObjectStore {
    private static final long PART_BYTES_MIN = 5L << 20;

    /// More than any store allows; some count wrong beyond it.
    private static final long OBJECT_BYTES_MAX = 1L << 50;

    private static final long SLOWEST_BYTES_PER_SECOND = 64 << 10;

    private final S3Settings settings;
    private final S3Client client;
    private final @Nullable DirectPuts direct;
    private final S3Failures failures;
    private final @Nullable S3Probe beforeWrites;

    private S3Store(
            S3Settings settings,
            S3Client client,
            @Nullable DirectPuts direct,
            @Nullable S3Probe beforeWrites) {
        this.settings = settings;
        this.client = client;
        this.direct = direct;
        this.failures = new S3Failures(settings);
        this.beforeWrites = beforeWrites;
    }

    /// Connects, and proves that the store keeps what [ObjectStore#putIfAbsent] promises: puts a probe object
    /// of a random name twice, looks at it, removes it (four requests).
    ///
    /// @param clock for signatures
    /// @throws StoreRefusedException if the store overwrites instead, or changes the bytes
    public static S3Store open(S3Settings settings, InstantSource clock, RandomGenerator random)
            throws IOException {
        S3Store store = openForReading(settings, clock);
        try {
            new S3Probe(store, random).prove();
            return store;
        } catch (IOException | RuntimeException e) {
            store.close();
            throw e;
        }
    }

    /// Connects for reading: makes no request, and asks for no right to write.
    ///
    /// @param clock for signatures
    public static S3Store openForReading(S3Settings settings, InstantSource clock)
            throws IOException {
        AwsCredentialsProvider credentials = S3Connection.credentials(settings);
        return new S3Store(
                settings,
                S3Connection.connect(settings, credentials),
                DirectPuts.of(settings, credentials, clock),
                null);
    }

    /// Connects without a request. What [#open] proves at once is proven before something is written for the first
    /// time, which then throws what `open` would: for those who often find that there is nothing to write.
    ///
    /// @param clock for signatures
    public static S3Store openProvingLater(
            S3Settings settings, InstantSource clock, RandomGenerator random) throws IOException {
        S3Store store = openForReading(settings, clock);
        S3Probe probe = new S3Probe(store, random);
        return new S3Store(settings, store.client, store.direct, probe);
    }

    private void proveBeforeWrites() throws IOException {
        if (beforeWrites != null) {
            beforeWrites.proveOnce();
        }
    }

    @Override
    public boolean keepsMetadata() {
        return true;
    }

    @Override
    public boolean setsModified() {
        return false;
    }

    @Override
    public ObjectContent get(ObjectKey key) throws IOException {
        return get(key, 0, null);
    }

    @Override
    public ObjectContent get(ObjectKey key, long start, long bytes) throws IOException {
        Limits.requireRange(start, bytes);
        boolean toTheEnd = bytes >= OBJECT_BYTES_MAX || start >= OBJECT_BYTES_MAX;
        String last = toTheEnd ? "" : Long.toString(start + bytes - 1);
        return get(key, start, "bytes=" + start + "-" + last);
    }

    private ObjectContent get(ObjectKey key, long start, @Nullable String range)
            throws IOException {
        GetObjectRequest request =
                GetObjectRequest.builder()
                        .bucket(settings.bucket())
                        .key(name(key))
                        .range(range)
                        .overrideConfiguration(timeout(0))
                        .build();
        ResponseInputStream<GetObjectResponse> response;
        try {
            response = client.getObject(request);
        } catch (AwsServiceException e) {
            if (e.statusCode() == 416) {
                throw new ObjectRangeException(this, key, start);
            }
            throw isMissing(e)
                    ? new NoSuchObjectException(this, key)
                    : failures.of("get " + key, false, e);
        } catch (SdkException e) {
            throw failures.of("get " + key, false, e);
        }
        return content(key, start, range != null, response);
    }

    private ObjectContent content(
            ObjectKey key,
            long start,
            boolean ranged,
            ResponseInputStream<GetObjectResponse> response)
            throws IOException {
        GetObjectResponse head = response.response();
        long bytes = head.contentLength();
        long whole = bytes;
        if (ranged) {
            String expected = "bytes " + start + "-";
            String found = Objects.requireNonNullElse(head.contentRange(), "");
            if (!found.startsWith(expected) || !found.matches("bytes \\d+-\\d+/\\d+")) {
                response.abort();
                throw new StoreRefusedException(
                        "%s: get %s: asked for bytes from %d, got range \"%s\""
                                .formatted(this, key, start, found),
                        null);
            }
            whole = Long.parseLong(found.substring(found.indexOf('/') + 1));
        }
        ObjectInfo info = info(key, whole, head.eTag(), head.lastModified(), head.metadata());
        return new ObjectContent(info, start, bytes, new S3ContentStream(response, key, bytes));
    }

    private static ObjectInfo info(
            ObjectKey key,
            long bytes,
            @Nullable String etag,
            @Nullable Instant modified,
            Map<String, String> metadata) {
        return new ObjectInfo(
                key,
                bytes,
                Objects.requireNonNullElse(etag, ""),
                Objects.requireNonNullElse(modified, Instant.EPOCH),
                metadata);
    }

    /// Whether an answer says that there is no such object; a missing bucket is another thing.
    private static boolean isMissing(AwsServiceException answer) {
        return answer.statusCode() == 404 && !S3Failures.code(answer).equals("NoSuchBucket");
    }

    @Override
    public ObjectInfo head(ObjectKey key) throws IOException {
        try {
            HeadObjectResponse head =
                    client.headObject(request ->
                            request.bucket(settings.bucket())
                                    .key(name(key))
                                    .overrideConfiguration(timeout(0)));
            return info(
                    key, head.contentLength(), head.eTag(), head.lastModified(), head.metadata());
        } catch (AwsServiceException e) {
            throw isMissing(e)
                    ? new NoSuchObjectException(this, key)
                    : failures.of("head " + key, false, e);
        } catch (SdkException e) {
            throw failures.of("head " + key, false, e);
        }
    }

    @Override
    public String put(ObjectKey key, ObjectBody body, PutOptions options) throws IOException {
        return put(key, body, options, null);
    }

    @Override
    public PutOutcome putIfAbsent(ObjectKey key, ObjectBody body, PutOptions options)
            throws IOException {
        try {
            return new PutOutcome.Created(put(key, body, options, "*"));
        } catch (TakenException e) {
            return new PutOutcome.AlreadyThere();
        }
    }

    private String put(
            ObjectKey key, ObjectBody body, PutOptions options, @Nullable String ifNoneMatch)
            throws IOException {
        proveBeforeWrites();
        S3Body sent = new S3Body(body);
        try {
            String etag = putDirectly(key, body, options, ifNoneMatch);
            if (etag != null) {
                return etag;
            }
            return tag(
                    client.putObject(
                                    request ->
                                            request.bucket(settings.bucket())
                                                    .key(name(key))
                                                    .metadata(options.metadata())
                                                    .storageClass(settings.storageClass())
                                                    .ifNoneMatch(ifNoneMatch)
                                                    .overrideConfiguration(timeout(body.bytes())),
                                    sent.asRequestBody())
                            .eTag());
        } catch (AwsServiceException e) {
            if (ifNoneMatch != null && e.statusCode() == 412) {
                throw new TakenException();
            }
            throw failures.of("put " + key, true, e);
        } catch (SdkException | UncheckedIOException e) {
            throw writeFailure("put " + key, sent, e);
        }
    }

    private @Nullable String putDirectly(
            ObjectKey key, ObjectBody body, PutOptions options, @Nullable String ifNoneMatch)
            throws IOException {
        if (direct == null) {
            return null;
        }
        Map<String, String> headers = new HashMap<>();
        options.metadata().forEach((name, value) -> headers.put("x-amz-meta-" + name, value));
        if (settings.storageClass() != null) {
            headers.put("x-amz-storage-class", settings.storageClass());
        }
        if (ifNoneMatch != null) {
            headers.put("if-none-match", ifNoneMatch);
        }
        return direct.put(name(key), new TreeMap<>(), headers, body, atMost(body.bytes()));
    }

    private IOException writeFailure(String doing, S3Body sent, RuntimeException e) {
        IOException bodyFailure = sent.failure();
        if (bodyFailure != null) {
            return bodyFailure;
        }
        if (e instanceof SdkException failure) {
            return failures.of(doing, true, failure);
        }
        throw e;
    }

    private static String tag(@Nullable String etag) {
        return Objects.requireNonNullElse(etag, "");
    }

    @Override
    public ObjectPage list(String prefix, @Nullable String after) throws IOException {
        ListObjectsV2Response answer;
        try {
            answer =
                    client.listObjectsV2(request ->
                            request.bucket(settings.bucket())
                                    .prefix(settings.prefix() + prefix)
                                    .startAfter(after == null ? null : settings.prefix() + after)
                                    .overrideConfiguration(timeout(0)));
        } catch (SdkException e) {
            throw failures.of("list " + prefix, false, e);
        }
        List<ListedObject> objects = new ArrayList<>();
        String last = null;
        for (S3Object object : answer.contents()) {
            last = object.key().substring(settings.prefix().length());
            if (ObjectKey.isValid(last)) {
                objects.add(
                        new ListedObject(ObjectKey.of(last), object.size(), object.lastModified()));
            }
        }
        return new ObjectPage(objects, Boolean.TRUE.equals(answer.isTruncated()) ? last : null);
    }

    @Override
    public void delete(ObjectKey key) throws IOException {
        try {
            client.deleteObject(request ->
                    request.bucket(settings.bucket())
                            .key(name(key))
                            .overrideConfiguration(timeout(0)));
        } catch (AwsServiceException e) {
            if (!isMissing(e)) {
                throw failures.of("delete " + key, true, e);
            }
        } catch (SdkException e) {
            throw failures.of("delete " + key, true, e);
        }
    }

    @Override
    public void delete(Collection<ObjectKey> keys) throws IOException {
        Limits.requireBatch(keys);
        if (!settings.profile().batchDelete()) {
            for (ObjectKey key : keys) {
                delete(key);
            }
        } else if (!keys.isEmpty()) {
            deleteBatch(keys);
        }
    }

    private void deleteBatch(Collection<ObjectKey> keys) throws IOException {
        List<ObjectIdentifier> names =
                keys.stream()
                        .map(key -> ObjectIdentifier.builder().key(name(key)).build())
                        .toList();
        DeleteObjectsResponse answer;
        try {
            answer =
                    client.deleteObjects(request ->
                            request.bucket(settings.bucket())
                                    .delete(Delete.builder().objects(names).quiet(true).build())
                                    .overrideConfiguration(timeout(0)));
        } catch (SdkException e) {
            throw failures.of("delete " + keys.size() + " objects", true, e);
        }
        if (answer.hasErrors() && !answer.errors().isEmpty()) {
            throw failures.ofDeletes(answer.errors());
        }
    }

    @Override
    public UploadId startUpload(ObjectKey key, PutOptions options) throws IOException {
        proveBeforeWrites();
        try {
            String id =
                    client.createMultipartUpload(request ->
                                    request.bucket(settings.bucket())
                                            .key(name(key))
                                            .metadata(options.metadata())
                                            .storageClass(settings.storageClass())
                                            .overrideConfiguration(timeout(0)))
                            .uploadId();
            String token = options.metadata().getOrDefault(PutOptions.WRITER_TOKEN, "");
            return new UploadId(key, id, token);
        } catch (SdkException e) {
            throw failures.of("start an upload of " + key, true, e);
        }
    }

    @Override
    public UploadedPart putPart(UploadId upload, int number, ObjectBody body) throws IOException {
        S3Body sent = new S3Body(body);
        String doing = "put part " + number + " of " + upload;
        try {
            String put = putPartDirectly(upload, number, body);
            if (put != null) {
                return new UploadedPart(number, body.bytes(), put);
            }
            String etag =
                    client.uploadPart(
                                    request ->
                                            request.bucket(settings.bucket())
                                                    .key(name(upload.key()))
                                                    .uploadId(upload.id())
                                                    .partNumber(number)
                                                    .overrideConfiguration(timeout(body.bytes())),
                                    sent.asRequestBody())
                            .eTag();
            return new UploadedPart(number, body.bytes(), tag(etag));
        } catch (AwsServiceException e) {
            throw uploadFailure(doing, upload, e);
        } catch (SdkException | UncheckedIOException e) {
            throw writeFailure(doing, sent, e);
        }
    }

    private @Nullable String putPartDirectly(UploadId upload, int number, ObjectBody body)
            throws IOException {
        if (direct == null) {
            return null;
        }
        SortedMap<String, String> query = new TreeMap<>();
        query.put("partNumber", Integer.toString(number));
        query.put("uploadId", upload.id());
        return direct.put(name(upload.key()), query, Map.of(), body, atMost(body.bytes()));
    }

    private IOException uploadFailure(String doing, UploadId upload, AwsServiceException e) {
        return isMissing(e) ? new NoSuchUploadException(this, upload) : failures.of(doing, true, e);
    }

    @Override
    public List<UploadedPart> listParts(UploadId upload) throws IOException {
        List<UploadedPart> parts = new ArrayList<>();
        Integer after = null;
        try {
            ListPartsResponse answer;
            do {
                Integer marker = after;
                answer =
                        client.listParts(request ->
                                request.bucket(settings.bucket())
                                        .key(name(upload.key()))
                                        .uploadId(upload.id())
                                        .partNumberMarker(marker)
                                        .overrideConfiguration(timeout(0)));
                answer.parts()
                        .forEach(part ->
                                parts.add(
                                        new UploadedPart(
                                                part.partNumber(), part.size(), tag(part.eTag()))));
                after = answer.nextPartNumberMarker();
            } while (Boolean.TRUE.equals(answer.isTruncated()) && after != null);
            return parts;
        } catch (AwsServiceException e) {
            throw uploadFailure("list parts of " + upload, upload, e);
        } catch (SdkException e) {
            throw failures.of("list parts of " + upload, false, e);
        }
    }

    @Override
    public String completeUpload(UploadId upload, List<UploadedPart> parts) throws IOException {
        return complete(upload, parts, null);
    }

    @Override
    public PutOutcome completeUploadIfAbsent(UploadId upload, List<UploadedPart> parts)
            throws IOException {
        try {
            return new PutOutcome.Created(complete(upload, parts, "*"));
        } catch (TakenException e) {
            return new PutOutcome.AlreadyThere();
        }
    }

    private String complete(UploadId upload, List<UploadedPart> parts, @Nullable String ifNoneMatch)
            throws IOException {
        Limits.requireParts(upload, parts);
        List<CompletedPart> completed =
                parts.stream()
                        .map(part ->
                                CompletedPart.builder()
                                        .partNumber(part.number())
                                        .eTag(part.etag())
                                        .build())
                        .toList();
        long bytes = parts.stream().mapToLong(UploadedPart::bytes).sum();
        try {
            return tag(
                    client.completeMultipartUpload(request ->
                                    request.bucket(settings.bucket())
                                            .key(name(upload.key()))
                                            .uploadId(upload.id())
                                            .ifNoneMatch(ifNoneMatch)
                                            .multipartUpload(
                                                    CompletedMultipartUpload.builder()
                                                            .parts(completed)
                                                            .build())
                                            .overrideConfiguration(timeout(bytes)))
                            .eTag());
        } catch (AwsServiceException e) {
            if (ifNoneMatch != null && e.statusCode() == 412) {
                throw new TakenException();
            }
            throw uploadFailure("complete " + upload, upload, e);
        } catch (SdkException e) {
            throw failures.of("complete " + upload, true, e);
        }
    }

    @Override
    public void abortUpload(UploadId upload) throws IOException {
        try {
            client.abortMultipartUpload(request ->
                    request.bucket(settings.bucket())
                            .key(name(upload.key()))
                            .uploadId(upload.id())
                            .overrideConfiguration(timeout(0)));
        } catch (AwsServiceException e) {
            if (!isMissing(e)) {
                throw failures.of("abort " + upload, true, e);
            }
        } catch (SdkException e) {
            throw failures.of("abort " + upload, true, e);
        }
    }

    @Override
    public long partBytesMin() {
        return PART_BYTES_MIN;
    }

    private String name(ObjectKey key) {
        return settings.prefix() + key.value();
    }

    private AwsRequestOverrideConfiguration timeout(long bodyBytes) {
        return AwsRequestOverrideConfiguration.builder().apiCallTimeout(atMost(bodyBytes)).build();
    }

    private Duration atMost(long bodyBytes) {
        return settings.timeout().plusSeconds(bodyBytes / SLOWEST_BYTES_PER_SECOND);
    }

    @Override
    public void close() {
        if (direct != null) {
            direct.close();
        }
        client.close();
    }

    @Override
    public String toString() {
        return settings.toString();
    }

    /// The condition of a put did not hold; never leaves this class.
    private static final class TakenException extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
