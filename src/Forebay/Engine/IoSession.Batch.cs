using Forebay.Handles;

namespace Forebay.Engine;

/// <summary>The batch: up to 32 operations that are staged first and go to the method in one call.</summary>
internal sealed partial class IoSession
{
    /// <summary>Opens a batch: operations are staged and go to the method together.</summary>
    /// <exception cref="InvalidOperationException">A batch is open already.</exception>
    public void EnterBatch()
    {
        using FlowScope flow = EnterFlow();
        if (_inBatch)
            throw new InvalidOperationException("The session is in a batch already; batches do not nest.");
        _inBatch = true;
    }

    /// <summary>Closes the batch and submits what it staged.</summary>
    /// <exception cref="InvalidOperationException">No batch is open.</exception>
    public void ExitBatch()
    {
        using FlowScope flow = EnterFlow();
        if (!_inBatch)
            throw new InvalidOperationException("The session is not in a batch.");
        _inBatch = false;
        SubmitStagedInFlow();
    }

    /// <summary>
    /// Submits what is staged, inside a batch or not. Called by every wait; call it before blocking on anything that
    /// another session may hold while it waits for one of the staged operations.
    /// </summary>
    public void SubmitStaged()
    {
        using FlowScope flow = EnterFlow();
        SubmitStagedInFlow();
    }

    private void SubmitStagedInFlow()
    {
        if (_stagedCount == 0)
            return;
        Span<int> claimed = stackalloc int[IoEngineSettings.BatchMax];
        int count = 0;
        foreach (IoWaitReference staged in _staged.AsSpan(0, _stagedCount))
        {
            // A waiter may have claimed it before us: then it is submitted, perhaps over, perhaps even reclaimed and
            // in its next use. The generation tells that use from the one that was staged.
            if (_handles[staged.Index].TryClaim(staged.Generation, _engine.ProcessSlot))
                claimed[count++] = staged.Index;
        }

        _stagedCount = 0;
        if (count > 0)
            _engine.SubmitClaimed(claimed[..count], Slot);
    }
}
