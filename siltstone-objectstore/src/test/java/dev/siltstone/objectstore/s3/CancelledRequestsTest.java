package dev.siltstone.objectstore.s3;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;
import software.amazon.awssdk.core.SdkRequest;
import software.amazon.awssdk.core.SdkResponse;
import software.amazon.awssdk.core.exception.AbortedException;
import software.amazon.awssdk.core.interceptor.Context;
import software.amazon.awssdk.core.interceptor.ExecutionAttributes;
import software.amazon.awssdk.http.SdkHttpRequest;
import software.amazon.awssdk.http.SdkHttpResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectRequest;

class CancelledRequestsTest {
    private record Failed(Throwable exception) implements Context.FailedExecution {
        @Override
        public SdkRequest request() {
            return HeadObjectRequest.builder().build();
        }

        @Override
        public Optional<SdkHttpRequest> httpRequest() {
            return Optional.empty();
        }

        @Override
        public Optional<SdkHttpResponse> httpResponse() {
            return Optional.empty();
        }

        @Override
        public Optional<SdkResponse> response() {
            return Optional.empty();
        }
    }

    private static Throwable said(Throwable failure) {
        return new CancelledRequests()
                .modifyException(new Failed(failure), new ExecutionAttributes());
    }

    @Test
    void takesACancellationForAnInterruptAndNothingElse() {
        assertThat(said(new CancellationException())).isInstanceOf(AbortedException.class);
        IllegalStateException other = new IllegalStateException();
        assertThat(said(other)).isSameAs(other);
    }
}
