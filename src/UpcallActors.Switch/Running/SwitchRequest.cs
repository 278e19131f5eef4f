using Akka.Actor;

namespace UpcallActors.Switch;

/// <summary>
/// Something that a caller asks of the switch, and waits for. When its handling makes the actor fail it is handled once more; then the
/// failure is the caller's.
/// </summary>
internal abstract class SwitchRequest : INoSerializationVerificationNeeded
{
    private bool _isSecondTry;

    /// <summary>Whether it may be tried again.</summary>
    public bool TryAgain()
    {
        bool mayTry = !_isSecondTry;
        _isSecondTry = true;
        return mayTry;
    }

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
