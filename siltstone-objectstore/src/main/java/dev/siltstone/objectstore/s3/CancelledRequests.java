package dev.siltstone.objectstore.s3;

import java.util.concurrent.CancellationException;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.core.interceptor.ExecutionInterceptor;

/// Has the SDK say always the same when a thread is interrupted. If that happens at the moment when the thread gets a
/// connection, the HTTP client's own exception would come through, which is none of the SDK's.
///
/// Thread-safe.
final class CancelledRequests implements ExecutionInterceptor {
    @Override
    public Throwable modifyException(
            Context.FailedExecution context, ExecutionAttributes attributes) {
        Throwable failure = context.exception();
        return failure instanceof CancellationException
                ? AbortedException.create("interrupted while it waited for a connection", failure)
                : failure;
    }
}
