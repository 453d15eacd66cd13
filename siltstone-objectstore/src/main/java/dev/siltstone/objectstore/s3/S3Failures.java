package dev.siltstone.objectstore.s3;

import dev.siltstone.objectstore.AccessRefusedException;
import dev.siltstone.objectstore.EffectUnknownException;
import dev.siltstone.objectstore.ObjectStoreException;
import dev.siltstone.objectstore.StoreRefusedException;
import dev.siltstone.objectstore.StoreUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Set;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.services.s3.model.S3Error;

/// What a failure of a request means.
///
/// | answer | read | write |
/// |---|---|---|
/// | 401, 403 | refused access | refused access |
/// | 409, 429, 503 `SlowDown`, 400 `RequestTimeout` | unavailable | unavailable: it did not begin |
/// | other 5xx, 408 | unavailable | effect unknown |
/// | other 4xx, 3xx | refused | refused |
/// | no connection | unavailable | unavailable |
/// | no answer | unavailable | effect unknown |
///
/// 404, 412 and 416 are the caller's to tell: what they mean depends on the request.
final class S3Failures {
    private static final Set<String> BUSY =
            Set.of(
                    "SlowDown",
                    "ThrottlingException",
                    "Throttling",
                    "RequestLimitExceeded",
                    "TooManyRequests",
                    "RequestTimeout",
                    "ConditionalRequestConflict",
                    "OperationAborted");

    private final S3Settings settings;

    S3Failures(S3Settings settings) {
        this.settings = settings;
    }

    /// @param doing what was tried, for the message
    /// @param write whether it would have changed something
    IOException of(String doing, boolean write, SdkException failure) {
        if (failure instanceof AbortedException || Thread.currentThread().isInterrupted()) {
            Thread.currentThread().interrupt();
            InterruptedIOException interrupted =
                    new InterruptedIOException(settings + ": " + doing + " was interrupted");
            interrupted.initCause(failure);
            return interrupted;
        }
        String what = "%s: %s: %s".formatted(settings, doing, describe(failure));
        return failure instanceof AwsServiceException answer
                ? ofAnswer(what, write, answer)
                : ofSilence(what, write, failure);
    }

    private ObjectStoreException ofAnswer(String what, boolean write, AwsServiceException answer) {
        int status = answer.statusCode();
        String code = code(answer);
        if (BUSY.contains(code) || status == 429 || status == 409) {
            return new StoreUnavailableException(what, answer);
        }
        if (status == 401 || status == 403) {
            return new AccessRefusedException(what + hint(code), answer);
        }
        boolean isLateError = status < 300; // an answer that began as a success
        if (isLateError || status >= 500 && status != 501 || status == 408) {
            return write
                    ? new EffectUnknownException(what, answer)
                    : new StoreUnavailableException(what, answer);
        }
        return new StoreRefusedException(what + hint(code), answer);
    }

    private static ObjectStoreException ofSilence(String what, boolean write, Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof ConnectException
                    || cause instanceof UnknownHostException
                    || cause instanceof NoRouteToHostException) {
                return new StoreUnavailableException(what, failure);
            }
            if (cause.getMessage() != null
                    && cause.getMessage().startsWith("Unable to load credentials")) {
                return new AccessRefusedException(what, failure);
            }
        }
        return write
                ? new EffectUnknownException(what, failure)
                : new StoreUnavailableException(what, failure);
    }

    /// @param errors of keys in one request; at least one
    ObjectStoreException ofDeletes(List<S3Error> errors) {
        S3Error first = errors.getFirst();
        String what =
                "%s: %d objects were not deleted, among them %s: %s (%s)"
                        .formatted(
                                settings,
                                errors.size(),
                                first.key(),
                                first.code(),
                                first.message());
        return "AccessDenied".equals(first.code())
                ? new AccessRefusedException(what, null)
                : new StoreUnavailableException(what, null);
    }

    private static String describe(SdkException failure) {
        if (failure instanceof AwsServiceException answer) {
            String message =
                    answer.awsErrorDetails() == null
                            ? null
                            : answer.awsErrorDetails().errorMessage();
            return "%d %s%s"
                    .formatted(
                            answer.statusCode(),
                            code(answer),
                            message == null ? "" : " (" + message + ")");
        }
        Throwable deepest = failure;
        while (deepest.getCause() != null) {
            deepest = deepest.getCause();
        }
        return deepest == failure
                ? String.valueOf(failure.getMessage())
                : failure.getMessage() + " (" + deepest + ")";
    }

    static String code(AwsServiceException answer) {
        String code =
                answer.awsErrorDetails() == null ? null : answer.awsErrorDetails().errorCode();
        return code == null ? "" : code;
    }

    private String hint(String code) {
        return switch (code) {
            case "SignatureDoesNotMatch" ->
                    "; the secret key does not belong to the access key"
                            + (settings.credentials() == null
                                    ? ""
                                    : " " + settings.credentials().accessKeyId());
            case "InvalidAccessKeyId" -> "; the store does not know the access key";
            case "RequestTimeTooSkewed" -> "; the clock of this machine is wrong";
            case "ExpiredToken" -> "; the session token is too old";
            case "AuthorizationHeaderMalformed",
                    "PermanentRedirect",
                    "IllegalLocationConstraintException" ->
                    "; the bucket may be in another region: add ?region=...";
            case "NoSuchBucket" -> "; create the bucket first";
            default -> "";
        };
    }
}
