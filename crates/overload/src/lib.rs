//! Admission control: who may wait for the store now, who waits in the room, and who is told to come back.
