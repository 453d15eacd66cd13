package dev.siltstone.objectstore.s3;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The one bucket of [FakeS3]. Every request happens at one moment.
///
/// Thread-safe.
final class FakeBucket {
    private static final DateTimeFormatter HTTP_DATE =
            DateTimeFormatter.ofPattern("EEE, dd MMM yyyy HH:mm:ss 'GMT'", Locale.US)
                    .withZone(ZoneOffset.UTC);
    private static final int PART_BYTES_MIN = 5 << 20;

    private record Stored(
            byte[] bytes, String etag, Instant modified, Map<String, String> metadata) {}

    private record Upload(
            String key, Map<String, String> metadata, TreeMap<Integer, byte[]> parts) {}

    private final InstantSource clock;
    private final TreeMap<String, Stored> objects =
            new TreeMap<>((one, other) ->
                    Arrays.compareUnsigned(one.getBytes(UTF_8), other.getBytes(UTF_8)));
    private final Map<String, Upload> uploads = new HashMap<>();
    private int nextUpload;
    private int pageSize = 1000;
    private boolean ignoresConditions;

    FakeBucket(InstantSource clock) {
        this.clock = clock;
    }

    synchronized void ignoreConditions() {
        ignoresConditions = true;
    }

    synchronized void pageSize(int entries) {
        pageSize = entries;
    }

    synchronized Map<String, byte[]> contents() {
        Map<String, byte[]> contents = new TreeMap<>();
        objects.forEach((key, stored) -> contents.put(key, stored.bytes));
        return contents;
    }

    synchronized int openUploads() {
        return uploads.size();
    }

    synchronized FakeAnswer handle(FakeRequest request) {
        if (!request.bucket().equals(FakeS3.BUCKET)) {
            return FakeAnswer.error(404, "NoSuchBucket", "The bucket does not exist");
        }
        String framing = request.headers().getFirst("x-amz-content-sha256");
        if (framing != null && framing.startsWith("STREAMING")) {
            return FakeAnswer.error(400, "InvalidRequest", "framed bodies are not understood");
        }
        String md5 = request.headers().getFirst("Content-MD5");
        if (md5 != null && !md5.equals(FakeS3.md5Base64(request.body()))) {
            return FakeAnswer.error(400, "BadDigest", "Content-MD5 is another");
        }
        return switch (request.operation()) {
            case "PutObject" -> put(request);
            case "GetObject" -> get(request);
            case "HeadObject" -> head(request);
            case "ListObjectsV2" -> list(request);
            case "DeleteObject" -> delete(request);
            case "DeleteObjects" -> deleteAll(request);
            case "CreateMultipartUpload" -> startUpload(request);
            case "UploadPart" -> putPart(request);
            case "ListParts" -> listParts(request);
            case "CompleteMultipartUpload" -> complete(request);
            case "AbortMultipartUpload" -> abort(request);
            default -> FakeAnswer.error(501, "NotImplemented", request.operation());
        };
    }

    private FakeAnswer put(FakeRequest request) {
        if (isTaken(request)) {
            return taken();
        }
        String etag = "\"" + FakeS3.md5Hex(request.body()) + "\"";
        store(request.key(), request.body(), etag, request.metadata());
        return FakeAnswer.tagged(etag);
    }

    private boolean isTaken(FakeRequest request) {
        return request.ifAbsent() && !ignoresConditions && objects.containsKey(request.key());
    }

    private static FakeAnswer taken() {
        return FakeAnswer.error(
                412, "PreconditionFailed", "At least one of the preconditions did not hold");
    }

    private void store(String key, byte[] bytes, String etag, Map<String, String> metadata) {
        Instant modified = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        objects.put(key, new Stored(bytes, etag, modified, metadata));
    }

    private FakeAnswer head(FakeRequest request) {
        Stored stored = objects.get(request.key());
        return stored == null
                ? FakeAnswer.of(404)
                : new FakeAnswer(200, headers(stored), stored.bytes);
    }

    private FakeAnswer get(FakeRequest request) {
        Stored stored = objects.get(request.key());
        if (stored == null) {
            return FakeAnswer.error(404, "NoSuchKey", "The key does not exist");
        }
        String range = request.headers().getFirst("Range");
        if (range == null) {
            return new FakeAnswer(200, headers(stored), stored.bytes);
        }
        Matcher matcher = Pattern.compile("bytes=(\\d+)-(\\d*)").matcher(range);
        if (!matcher.matches()) {
            return FakeAnswer.error(400, "InvalidArgument", range);
        }
        long start = Long.parseLong(matcher.group(1));
        long last = matcher.group(2).isEmpty() ? Long.MAX_VALUE : Long.parseLong(matcher.group(2));
        long end = Math.min(last, stored.bytes.length - 1L) + 1;
        if (start >= stored.bytes.length) {
            return FakeAnswer.error(416, "InvalidRange", "The range cannot be satisfied");
        }
        Map<String, String> headers = headers(stored);
        headers.put(
                "Content-Range", "bytes %d-%d/%d".formatted(start, end - 1, stored.bytes.length));
        return new FakeAnswer(
                206, headers, Arrays.copyOfRange(stored.bytes, (int) start, (int) end));
    }

    private static Map<String, String> headers(Stored stored) {
        Map<String, String> headers = new TreeMap<>();
        headers.put("ETag", stored.etag);
        headers.put("Last-Modified", HTTP_DATE.format(stored.modified));
        stored.metadata.forEach((name, value) -> headers.put("x-amz-meta-" + name, value));
        return headers;
    }

    private FakeAnswer list(FakeRequest request) {
        String prefix = request.parameter("prefix");
        String after = request.parameter("start-after");
        StringBuilder contents = new StringBuilder();
        int count = 0;
        boolean truncated = false;
        for (var object : objects.tailMap(after, false).entrySet()) {
            if (!object.getKey().startsWith(prefix)) {
                continue;
            }
            if (count == pageSize) {
                truncated = true;
                break;
            }
            count++;
            Stored stored = object.getValue();
            contents.append(
                    "<Contents><Key>%s</Key><LastModified>%s</LastModified><ETag>%s</ETag><Size>%d</Size></Contents>"
                            .formatted(
                                    FakeAnswer.escape(object.getKey()),
                                    stored.modified,
                                    FakeAnswer.escape(stored.etag),
                                    stored.bytes.length));
        }
        return FakeAnswer.xml(
                "<ListBucketResult><IsTruncated>%s</IsTruncated><KeyCount>%d</KeyCount>%s</ListBucketResult>"
                        .formatted(truncated, count, contents));
    }

    private FakeAnswer delete(FakeRequest request) {
        objects.remove(request.key());
        return FakeAnswer.of(204);
    }

    private FakeAnswer deleteAll(FakeRequest request) {
        if (request.headers().getFirst("Content-MD5") == null
                && request.headers().keySet().stream()
                        .noneMatch(name ->
                                name.toLowerCase(Locale.ROOT).startsWith("x-amz-checksum"))) {
            return FakeAnswer.error(400, "InvalidRequest", "Missing required header Content-MD5");
        }
        Matcher keys = element("Key").matcher(new String(request.body(), UTF_8));
        while (keys.find()) {
            objects.remove(unescape(keys.group(1)));
        }
        return FakeAnswer.xml("<DeleteResult></DeleteResult>");
    }

    private FakeAnswer startUpload(FakeRequest request) {
        String id = "upload-" + nextUpload++;
        uploads.put(id, new Upload(request.key(), request.metadata(), new TreeMap<>()));
        return FakeAnswer.xml(
                "<InitiateMultipartUploadResult><Bucket>%s</Bucket><Key>%s</Key><UploadId>%s</UploadId></InitiateMultipartUploadResult>"
                        .formatted(FakeS3.BUCKET, FakeAnswer.escape(request.key()), id));
    }

    private FakeAnswer putPart(FakeRequest request) {
        Upload upload = upload(request);
        if (upload == null) {
            return noUpload();
        }
        upload.parts.put(Integer.valueOf(request.parameter("partNumber")), request.body());
        return FakeAnswer.tagged("\"" + FakeS3.md5Hex(request.body()) + "\"");
    }

    private Upload upload(FakeRequest request) {
        Upload upload = uploads.get(request.parameter("uploadId"));
        return upload == null || !upload.key.equals(request.key()) ? null : upload;
    }

    private static FakeAnswer noUpload() {
        return FakeAnswer.error(404, "NoSuchUpload", "The upload does not exist");
    }

    private FakeAnswer listParts(FakeRequest request) {
        Upload upload = upload(request);
        if (upload == null) {
            return noUpload();
        }
        String marker = request.parameter("part-number-marker");
        int after = marker.isEmpty() ? 0 : Integer.parseInt(marker);
        StringBuilder parts = new StringBuilder();
        int last = 0;
        boolean truncated = false;
        int count = 0;
        for (var part : upload.parts.tailMap(after, false).entrySet()) {
            if (count++ == pageSize) {
                truncated = true;
                break;
            }
            last = part.getKey();
            parts.append(
                    "<Part><PartNumber>%d</PartNumber><ETag>\"%s\"</ETag><Size>%d</Size></Part>"
                            .formatted(
                                    last, FakeS3.md5Hex(part.getValue()), part.getValue().length));
        }
        return FakeAnswer.xml(
                "<ListPartsResult><IsTruncated>%s</IsTruncated><NextPartNumberMarker>%d</NextPartNumberMarker>%s</ListPartsResult>"
                        .formatted(truncated, last, parts));
    }

    private FakeAnswer complete(FakeRequest request) {
        Upload upload = upload(request);
        if (upload == null) {
            return noUpload();
        }
        if (isTaken(request)) {
            return taken();
        }
        String body = new String(request.body(), UTF_8);
        List<Integer> numbers =
                element("PartNumber")
                        .matcher(body)
                        .results()
                        .map(r -> Integer.valueOf(r.group(1)))
                        .toList();
        List<String> etags =
                element("ETag").matcher(body).results().map(r -> unescape(r.group(1))).toList();
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        ByteArrayOutputStream digests = new ByteArrayOutputStream();
        for (int i = 0; i < numbers.size(); i++) {
            byte[] part = upload.parts.get(numbers.get(i));
            if (part == null || !etags.get(i).replace("\"", "").equals(FakeS3.md5Hex(part))) {
                return FakeAnswer.error(400, "InvalidPart", "part " + numbers.get(i));
            }
            if (part.length < PART_BYTES_MIN && i < numbers.size() - 1) {
                return FakeAnswer.error(400, "EntityTooSmall", "part " + numbers.get(i));
            }
            whole.writeBytes(part);
            digests.writeBytes(HexFormat.of().parseHex(FakeS3.md5Hex(part)));
        }
        String etag = "\"%s-%d\"".formatted(FakeS3.md5Hex(digests.toByteArray()), numbers.size());
        uploads.remove(request.parameter("uploadId"));
        store(request.key(), whole.toByteArray(), etag, upload.metadata);
        return FakeAnswer.xml(
                "<CompleteMultipartUploadResult><Bucket>%s</Bucket><Key>%s</Key><ETag>%s</ETag></CompleteMultipartUploadResult>"
                        .formatted(
                                FakeS3.BUCKET,
                                FakeAnswer.escape(request.key()),
                                FakeAnswer.escape(etag)));
    }

    private FakeAnswer abort(FakeRequest request) {
        return upload(request) == null
                ? noUpload()
                : uploads.remove(request.parameter("uploadId")) == null
                        ? noUpload()
                        : FakeAnswer.of(204);
    }

    private static Pattern element(String name) {
        return Pattern.compile("<" + name + ">([^<]*)</" + name + ">");
    }

    private static String unescape(String text) {
        return text.replace("&quot;", "\"")
                .replace("&apos;", "'")
                .replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&");
    }
}
