using System.Runtime.InteropServices;
using UpcallActors.Linux;
using UpcallActors.Odp;

namespace UpcallActors.Pipeline;

/// <content>Requests of callers, and the answers.</content>
internal sealed partial class RevalidationLeader
{
    private void OnRequest(Request request)
    {
        switch (request.Kind)
        {
            case RequestKind.Wait:
                // The current round, if there is one, began before.
                _state.Requests.AddWait(_state.Rounds + (_phase is Phase.Dumping or Phase.Sweeping ? 2 : 1), request.Done);
                break;
            case RequestKind.Purge:
                _state.Requests.AddPurge(request.Done);
                break;
            case RequestKind.Pause:
                _state.IsPaused = true;
                _state.Requests.AddPause(request.Done);
                break;
            default:
                _state.IsPaused = false;
                _state.Requests.EndPauses();
                request.Done.TrySetResult();
                break;
        }

        if (_phase == Phase.Resting)
            Rest();
    }

    private void AnswerCallers()
    {
        foreach (TaskCompletionSource purge in _purges)
            RevalidationRequests.End(purge, _failure);
        _purges = [];
        _state.Requests.EndRound(_state.Rounds, _failure);
    }

    /// <summary>
    /// A revalidator has failed, and the flows that it had in hand were not checked. The requests need another round, which begins at once.
    /// </summary>
    private void KeepCallers()
    {
        foreach (TaskCompletionSource purge in _purges)
            _state.Requests.AddPurge(purge);
        _purges = [];
        _changed = true;
    }

    /// <summary>
    /// A revalidator was restarted; the message it failed over is lost, and if it
    /// was the one that we wait for an answer to, the round must not wait for ever.
    /// </summary>
    private void OnRevalidatorFailed(int partition)
    {
        _isWhole = false;
        if (!_awaited.Contains(partition))
            return;
        if (_phase == Phase.Adopting)
            OnTakenOver(partition);
        else if (_phase == Phase.Sweeping)
            _revalidators[partition].Tell(new RevalidatorActor.Sweep(_state.Rounds + 1, IsComplete: false), Self);
    }

    private DatapathException? FailureOf(Errno refused)
    {
        if (refused == Errno.None)
            return null;
        string why = Marshal.GetPInvokeErrorMessage((int)refused);
        return new DatapathException($"{_state.Datapath.Name} refused to change or delete flows: {why}", refused);
    }
}
