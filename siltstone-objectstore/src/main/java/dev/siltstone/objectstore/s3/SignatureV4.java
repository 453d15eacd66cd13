package dev.siltstone.objectstore.s3;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.siltstone.objectstore.ObjectBody;
import java.io.IOException;
import java.io.InputStream;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Signs heads of requests to S3: version 4, in the `Authorization` header
/// (<https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-header-based-auth.html>).
///
/// ```
/// key       = HMAC(HMAC(HMAC(HMAC("AWS4" + secret, day), region), "s3"), "aws4_request")
/// canonical = method, path, query, each header and its value, names of headers, SHA-256 of the body; lines
/// signature = HMAC(key, "AWS4-HMAC-SHA256", time, scope, SHA-256(canonical); lines)
/// ```
///
/// The key of the last day and secret is kept. Thread-safe.
final class SignatureV4 {
    /// Stands for the sum of a body that is not signed.
    static final String UNSIGNED = "UNSIGNED-PAYLOAD";

    private static final String ALGORITHM = "AWS4-HMAC-SHA256";

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);
    private static final int DAY_CHARS = 8;
    private static final int DIGEST_BYTES = 64 << 10;
    private static final HexFormat HEX = HexFormat.of();
    private static final HexFormat UPPER = HEX.withUpperCase();
    private static final Pattern SPACES = Pattern.compile(" {2,}");

    private final String region;
    private volatile Key key = new Key("", "", new byte[0]);

    private record Key(String secret, String day, byte[] bytes) {}

    SignatureV4(String region) {
        this.region = region;
    }

    /// Returns all headers of a request with its time and its signature.
    ///
    /// @param path encoded
    /// @param query encoded, its names in order; may be empty
    /// @param headers that are signed, `host` among them; names in lower case
    /// @param bodySum SHA-256 of the body in lower hex, or [#UNSIGNED]
    SortedMap<String, String> sign(
            String method,
            String path,
            String query,
            SortedMap<String, String> headers,
            String bodySum,
            String accessKey,
            String secret,
            Instant now) {
        String time = TIME.format(now);
        String day = time.substring(0, DAY_CHARS);
        SortedMap<String, String> signed = new TreeMap<>(headers);
        signed.put("x-amz-content-sha256", bodySum);
        signed.put("x-amz-date", time);
        StringBuilder canonical = new StringBuilder(512);
        canonical.append(method).append('\n').append(path).append('\n').append(query).append('\n');
        signed.forEach((name, value) ->
                canonical
                        .append(name)
                        .append(':')
                        .append(SPACES.matcher(value).replaceAll(" "))
                        .append('\n'));
        String names = String.join(";", signed.keySet());
        canonical.append('\n').append(names).append('\n').append(bodySum);
        String scope = day + "/" + region + "/s3/aws4_request";
        String sum = HEX.formatHex(sha256(canonical.toString()));
        String text = ALGORITHM + "\n" + time + "\n" + scope + "\n" + sum;
        String signature = HEX.formatHex(hmac(key(secret, day), text));
        signed.put(
                "authorization",
                ALGORITHM
                        + (" Credential=" + accessKey + "/" + scope)
                        + (",SignedHeaders=" + names)
                        + (",Signature=" + signature));
        return signed;
    }

    private byte[] key(String secret, String day) {
        Key last = key;
        if (!last.secret.equals(secret) || !last.day.equals(day)) {
            byte[] bytes = hmac(("AWS4" + secret).getBytes(UTF_8), day);
            bytes = hmac(hmac(hmac(bytes, region), "s3"), "aws4_request");
            last = new Key(secret, day, bytes);
            key = last;
        }
        return last.bytes;
    }

    private static byte[] hmac(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return mac.doFinal(text.getBytes(UTF_8));
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /// Returns SHA-256 of a body in lower hex.
    static String bodySum(ObjectBody body) throws IOException {
        MessageDigest digest = sha256();
        byte[] piece = new byte[DIGEST_BYTES];
        try (InputStream bytes = body.open()) {
            for (int read; (read = bytes.read(piece)) >= 0; ) {
                digest.update(piece, 0, read);
            }
        }
        return HEX.formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    private static byte[] sha256(String text) {
        return sha256().digest(text.getBytes(UTF_8));
    }

    /// Returns a text as S3 wants it in a path or a query: all but letters, digits and `-._~` as `%XX` of its UTF-8.
    ///
    /// @param slashes whether slashes stay, as in a path
    static String encode(String text, boolean slashes) {
        byte[] bytes = text.getBytes(UTF_8);
        StringBuilder encoded = new StringBuilder(bytes.length + 16);
        for (byte b : bytes) {
            char c = (char) (b & 0xff);
            boolean stays =
                    c >= 'a' && c <= 'z'
                            || c >= 'A' && c <= 'Z'
                            || c >= '0' && c <= '9'
                            || "-._~".indexOf(c) >= 0
                            || slashes && c == '/';
            if (stays) {
                encoded.append(c);
            } else {
                encoded.append('%').append(UPPER.toHighHexDigit(b)).append(UPPER.toLowHexDigit(b));
            }
        }
        return encoded.toString();
    }

    /// Returns the head of a request as it is sent, ASCII.
    static byte[] head(
            String method, String path, String query, SortedMap<String, String> headers) {
        StringBuilder head = new StringBuilder(1024);
        head.append(method).append(' ').append(path);
        if (!query.isEmpty()) {
            head.append('?').append(query);
        }
        head.append(" HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        return head.append("\r\n").toString().getBytes(US_ASCII);
    }
}
