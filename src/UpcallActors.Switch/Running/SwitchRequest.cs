using Akka.Actor;

namespace UpcallActors.Switch;

/// <summary>
/// Something that a caller asks of the switch, and waits for. When its handling fails it is handled once more at once; then the failure
/// is the caller's.
/// </summary>
internal abstract class SwitchRequest : INoSerializationVerificationNeeded
{
    /// <summary>Does what is asked and answers. Throws what the reconciler throws.</summary>
    public abstract void Handle(SwitchReconciler reconciler);

    /// <summary>Tells the caller what came of it instead.</summary>
    public abstract void Fail(Exception failure);
}

/// <summary>A request that is answered with something.</summary>
/// <param name="handle">Does it.</param>
internal sealed class SwitchRequest<T>(Func<SwitchReconciler, T> handle) : SwitchRequest
{
    private readonly TaskCompletionSource<T> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The answer.</summary>
    public Task<T> Done => _done.Task;

    /// <inheritdoc/>
    public override void Handle(SwitchReconciler reconciler) => _done.TrySetResult(handle(reconciler));

    /// <inheritdoc/>
    public override void Fail(Exception failure) => _done.TrySetException(failure);
}
