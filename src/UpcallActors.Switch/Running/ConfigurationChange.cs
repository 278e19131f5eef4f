using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace UpcallActors.Switch;

/// <summary>
/// A change of what one source wants, made of what the source wants when its turn comes. The caller's function is called once, though
/// the request may be handled twice, and its failure is the caller's and not the switch's.
/// </summary>
internal sealed class ConfigurationChange(string source, Func<SwitchConfiguration, SwitchConfiguration> change)
{
    private SwitchConfiguration? _wanted;
    private ExceptionDispatchInfo? _failure;

    /// <summary>Makes the change. Null when the caller's function failed.</summary>
    public AppliedConfiguration? Apply(SwitchReconciler reconciler)
    {
        if (_wanted is null)
            TryChange(reconciler.ConfigurationOf(source));
        return _wanted is null ? null : reconciler.Apply(source, _wanted);
    }

    /// <summary>Throws what the caller's function has thrown.</summary>
    public void ThrowFailure() => _failure?.Throw();

    [SuppressMessage("Design", "CA1031:Do not catch general exception types", Justification = "ThrowFailure throws it at the caller.")]
    private void TryChange(SwitchConfiguration before)
    {
        try
        {
            _wanted = change(before) ?? throw new InvalidOperationException($"the change of {source} has no configuration");
        }
        catch (Exception failure)
        {
            _failure = ExceptionDispatchInfo.Capture(failure);
        }
    }
}
